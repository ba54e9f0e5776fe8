package io.freshet.model.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.model.Pipelines;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Program;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import io.freshet.model.ranker.ModelPlan;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankerScriptTest {
    private static final Axis TWO = Axis.of("two", 2);
    private static final StepTail TAIL = new StepTail(DenseOptimizerConfig.DEFAULTS, 0);

    private final ModelPlan plan = ModelPlan.of(Pipelines.movies());
    private final List<String> lines =
            new RankerScript(plan.program(), 1).trainingSource(TAIL).lines().toList();

    @Test
    void callsNoAutograd() {
        assertThat(lines).noneMatch(line -> line.contains("autograd") || line.contains("requires_grad"));
    }

    @Test
    void everyMatrixHasItsGradientComputedInItsPlaceButWhereTokenizersShareAProduct() {
        List<Parameter> parameters = plan.program().parameters();
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).name().matches("(global|group\\..+)\\.[wb]2")) {
                continue; // Cut from the gradient of all of them, and copied.
            }
            String slice = "g" + i;
            assertThat(lines)
                    .as(parameters.get(i).name())
                    .anyMatch(line -> line.endsWith(", out=" + slice + ")") || line.endsWith(" = " + slice))
                    .noneMatch(line -> line.contains("torch.copy_(" + slice + ","));
        }
    }

    @Test
    void aGradientThatNoOperationCanWriteIsCopied() {
        Graph graph = new Graph();
        Tensor unused = graph.vector("unused", 0, TWO);
        Tensor used = graph.vector("used", 0, TWO);
        Tensor loss = used.silu().sum(0);
        String source = new RankerScript(graph.build(new Program.Outputs(loss, loss)), 1).trainingSource(TAIL);
        assertThat(unused.shape()).isEqualTo(Shape.of(TWO));
        assertThat(source).contains("torch.copy_(g0, v").contains("torch.copy_(g1, v");
    }

    @Test
    void helperMethodsAreThereOnceAndOnlyWhenUsed() {
        Graph graph = new Graph();
        Tensor x = graph.input("x", Shape.BATCH, TWO);
        Tensor gain = graph.vector("gain", 1, TWO);
        Tensor loss = x.rmsNorm(gain, 1e-6).rmsNorm(gain, 1e-6).sum(1).sum(0);
        String source = new RankerScript(graph.build(new Program.Outputs(loss, loss)), 1).trainingSource(TAIL);
        assertThat(source.lines())
                .filteredOn(line -> line.contains("def rms_norm("))
                .hasSize(1);
        assertThat(source).doesNotContain("def swiglu(");
    }
}

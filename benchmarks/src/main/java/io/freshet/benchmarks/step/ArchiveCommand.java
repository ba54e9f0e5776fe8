package io.freshet.benchmarks.step;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.benchmarks.result.ResultLine;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.TrainingConfig.Precision;
import io.freshet.model.program.Op;
import io.freshet.model.program.Program;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.ranker.RankerArchive;
import io.freshet.model.script.StepTail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code freshet bench archive}: a step's archives for machines without Java, see {@code benchmarks/gpu/run_archive.py}. */
@Command(
        name = "archive",
        description = "Writes a step as TorchScript, in float32 and in bf16, and what its arguments are, for"
                + " benchmarks/gpu/run_archive.py.",
        mixinStandardHelpOptions = true)
public final class ArchiveCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandSpec spec;

    @Mixin
    private StepOptions options;

    @Option(names = "--ranker", defaultValue = "", description = "more keys of the ranker, such as 'moe: {experts: 8}'")
    private String ranker;

    @Option(names = "--out", required = true, description = "folder that gets float32.pt, bf16.pt and ranker.json")
    private Path out;

    @Override
    public Integer call() throws IOException {
        Pipeline pipeline = StepPipeline.of(options.shape(), ranker);
        ModelPlan plan = ModelPlan.of(pipeline);
        StepTail tail = new StepTail(
                pipeline.training().optimizer(), pipeline.training().clipNorm());
        Files.createDirectories(out);
        for (Precision products : Precision.values()) {
            String file = products.name().toLowerCase(Locale.ROOT) + ".pt";
            Files.write(out.resolve(file), RankerArchive.forTraining(plan, tail, products));
        }
        Files.write(out.resolve("ranker.json"), new ObjectMapper().writeValueAsBytes(description(plan.program())));
        spec.commandLine()
                .getOut()
                .println(new ResultLine().add("bench", "archive").add("folder", out.toString()));
        return 0;
    }

    private Map<String, Object> description(Program program) {
        StepShape shape = options.shape();
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("batch", shape.batch());
        description.put("tokens", shape.tokens());
        description.put("heads", shape.heads());
        description.put("width", shape.width());
        description.put("expansion", shape.expansion());
        description.put("layers", shape.layers());
        description.put("flops", shape.flops());
        description.put("ranker", ranker);
        description.put("parameters", parameters(program));
        description.put("inputs", inputs(program));
        return description;
    }

    private static List<Map<String, Object>> parameters(Program program) {
        return program.parameters().stream()
                .map(p -> Map.<String, Object>of(
                        "name", p.name(), "shape", p.shape().sizes()))
                .toList();
    }

    /** The shape of each input, with -1 where it varies. */
    private static Map<String, long[]> inputs(Program program) {
        Map<String, long[]> inputs = new LinkedHashMap<>();
        for (Program.Step step : program.steps()) {
            if (step.op() instanceof Op.Input input) {
                inputs.put(input.name(), step.shapes().get(0).sizes());
            }
        }
        return inputs;
    }
}

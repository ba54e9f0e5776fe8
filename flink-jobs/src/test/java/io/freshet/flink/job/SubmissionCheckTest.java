package io.freshet.flink.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.source.TestPipelines;
import io.freshet.model.file.DenseFile;
import io.freshet.model.file.WeightFileException;
import io.freshet.model.ranker.ModelPlan;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmissionCheckTest {
    @TempDir
    private Path folder;

    private final ModelPlan plan = ModelPlan.of(TestPipelines.likes("localhost:1"));

    private static void build(Pipeline pipeline) {
        TrainJob.build(StreamExecutionEnvironment.getExecutionEnvironment(), pipeline);
    }

    @Test
    void aFileOfWeightsThatIsNotThereIsRefusedWhereTheJobIsBuilt() {
        Pipeline missing = TestPipelines.likesStartingFrom(folder.resolve("lost.safetensors"));
        assertThatThrownBy(() -> build(missing))
                .isInstanceOf(WeightFileException.class)
                .hasMessageContaining("lost.safetensors: there is no such file on this machine");
    }

    @Test
    void weightsOfAnotherRankerAreRefusedWhereTheJobIsBuilt() {
        Path file = folder.resolve("other.safetensors");
        DenseFile.write(file, plan.parameters().subList(0, 1), new float[plan.denseSize()], Map.of());
        assertThatThrownBy(() -> build(TestPipelines.likesStartingFrom(file)))
                .isInstanceOf(WeightFileException.class)
                .hasMessageContaining("other.safetensors");
    }

    @Test
    void weightsThatFitAreNoObstacle() {
        Path file = folder.resolve("fit.safetensors");
        DenseFile.write(file, plan.parameters(), new float[plan.denseSize()], Map.of());
        assertThatCode(() -> build(TestPipelines.likesStartingFrom(file))).doesNotThrowAnyException();
    }

    @Test
    void aJobThatIsRestoredDoesNotAskForTheFile() {
        Pipeline missing = TestPipelines.likesStartingFrom(folder.resolve("lost.safetensors"));
        Configuration restored = new Configuration();
        restored.set(StateRecoveryOptions.SAVEPOINT_PATH, "/savepoints/1");
        assertThatCode(() -> SubmissionCheck.check(restored, missing)).doesNotThrowAnyException();
    }
}

package io.freshet.model.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.ranker.ModelPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TrainingSoakTest {
    private static final int WARM_UP = 500;
    private static final int STEPS = 2_500;
    /** One leaked copy of the batch's rows per step would be three times as much. */
    private static final long GROWTH_MAX = 16 << 20;

    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryStaysFlatOverThousandsOfSteps() throws IOException {
        ModelPlan plan = ModelPlan.of(Pipelines.movies());
        try (TrainingStep step =
                new TrainingStep(plan, Pipelines.training(), DenseState.initial(plan, Pipelines.training()))) {
            MovieStream stream = new MovieStream(plan, 5);
            run(step, stream, WARM_UP);
            System.gc();
            long before = residentBytes();
            run(step, stream, STEPS);
            System.gc();
            assertThat(residentBytes() - before).isLessThan(GROWTH_MAX);
        }
    }

    private static void run(TrainingStep step, MovieStream stream, int steps) {
        for (int i = 0; i < steps; i++) {
            MovieStream.Next next = stream.next(1 + i % 32);
            step.run(next.batch(), next.labels());
        }
    }

    private static long residentBytes() throws IOException {
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
        return Long.parseLong(pages) * 4096;
    }
}

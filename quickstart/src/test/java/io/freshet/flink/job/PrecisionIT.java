package io.freshet.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.quickstart.cluster.LocalJob;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole pipeline for each precision of published rows, on the same examples: trained alike, served as published. */
class PrecisionIT {
    private static final int BATCH = 32;
    private static final int EXAMPLES = 60 * BATCH;
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());
    private static final Candidates CANDIDATES = Candidates.ofUser(5, 0, 120);

    private static Pipeline pipeline(String precision, TrainRuns runs) {
        return RandomExamples.pipeline(
                "in-" + precision, runs.bootstrapServers(), "item: {dimension: 8}", """
                training: {batch-size: %d, linger: 0s}
                publish:  {every: 200ms, precision: %s}
                """.formatted(BATCH, precision));
    }

    /** Scores of the version that has learnt everything. */
    private static float[] served(TrainRuns runs, String precision, List<byte[]> examples) throws Exception {
        Pipeline pipeline = pipeline(precision, runs);
        runs.createTopics(pipeline);
        runs.write(pipeline, examples);
        try (Server server = new Server(pipeline)) {
            LocalJob job = runs.start(pipeline, 1);
            VersionRecord version =
                    runs.awaitVersion(pipeline, each -> each.getProgress().getExamples() >= EXAMPLES);
            server.awaitLive(version.getVersion());
            float[] scores = server.scores(CANDIDATES);
            assertThat(scores)
                    .as("scores of what the job holds, in %s", precision)
                    .isEqualTo(CANDIDATES.expected(pipeline, runs.dense(pipeline, version), job, 1));
            job.stop();
            return scores;
        }
    }

    @Test
    void fewerBitsMoveScoresALittleAndAreServedJustAsPublished(@TempDir Path directory) throws Exception {
        System.out.println("PrecisionIT: rerun with -Dfreshet.test.seed=" + SEED);
        List<byte[]> examples = RandomExamples.messages(SEED, EXAMPLES);
        try (TrainRuns runs = new TrainRuns(directory, 1)) {
            float[] exact = served(runs, "fp32", examples);
            double fp16 = largestDifference(exact, served(runs, "fp16", examples));
            double int8 = largestDifference(exact, served(runs, "int8", examples));
            // A step of int8 is 1/255 of a row's span, fp16 keeps 11 bits of each weight.
            assertThat(fp16).isBetween(1e-7, 2e-3);
            assertThat(int8).isBetween(fp16, 3e-2);
        }
    }

    private static double largestDifference(float[] one, float[] other) {
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs(one[i] - other[i]));
        }
        return largest;
    }
}

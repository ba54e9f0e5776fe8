package io.freshet.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.flink.rows.RowProbe;
import io.freshet.quickstart.cluster.LocalJob;
import io.freshet.store.table.RowInitializer;
import io.freshet.store.table.StoredRow;
import io.freshet.store.table.TableSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real jobs that go on from savepoints: of an older moment, or with a pipeline file that has changed. Servers follow all the
 * while, and answer with what the job holds.
 */
class RestoreIT {
    private static final int BATCH = 32;
    private static final int PART = 40 * BATCH;
    private static final int SHARDS = 2;
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());
    private static final List<byte[]> EXAMPLES = RandomExamples.messages(SEED, 3 * PART);
    /** More items than any example names. */
    private static final Candidates CANDIDATES = Candidates.ofUser(3, 0, 120);

    private static final int ITEM_TABLE = 1;
    private static final String TRAINING = "training: {batch-size: %d, linger: 0s%s}\n";

    @TempDir
    private static Path directory;

    private static TrainRuns runs;

    private String name;

    @BeforeAll
    static void start() {
        System.out.println("RestoreIT: rerun with -Dfreshet.test.seed=" + SEED);
        runs = new TrainRuns(directory, SHARDS);
    }

    @AfterAll
    static void stop() {
        runs.close();
    }

    @AfterEach
    void endJobs() throws Exception {
        Forgetting.forget(0, 0);
        runs.stopJobs();
    }

    private Pipeline begin(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName()
                + test.getDisplayName().hashCode();
        Pipeline pipeline = pipeline("item: {dimension: 8}", "");
        runs.createTopics(pipeline);
        return pipeline;
    }

    private Pipeline pipeline(String item, String restore) {
        return parse(item, TRAINING.formatted(BATCH, "") + restore);
    }

    private Pipeline parse(String item, String more) {
        return RandomExamples.pipeline(name, runs.bootstrapServers(), item, "publish: {every: 200ms}\n" + more);
    }

    private static List<byte[]> part(int number) {
        return EXAMPLES.subList(number * PART, (number + 1) * PART);
    }

    private static VersionRecord awaitExamples(Pipeline pipeline, String lineage, long examples) throws Exception {
        return runs.awaitVersion(
                pipeline,
                version -> version.getProgress().getExamples() >= examples
                        && (lineage.isEmpty()
                                || version.getVersion().getLineage().equals(lineage)));
    }

    private static VersionRecord awaitOtherLineage(Pipeline pipeline, VersionId old) throws Exception {
        return runs.awaitVersion(
                pipeline, version -> !version.getVersion().getLineage().equals(old.getLineage()));
    }

    private static void assertServesWhatTheJobHolds(
            Server server, Pipeline pipeline, VersionRecord version, LocalJob job) throws Exception {
        server.awaitLive(version.getVersion());
        assertThat(server.scores(CANDIDATES))
                .isEqualTo(CANDIDATES.expected(pipeline, runs.dense(pipeline, version), job, version.getShards()));
    }

    private static Map<Long, StoredRow> items(Pipeline pipeline, LocalJob job, int shards) throws Exception {
        Set<Long> ids = CANDIDATES.ids(pipeline).get(ITEM_TABLE);
        Map<Long, StoredRow> rows = RowProbe.rows(job.id(), shards, ITEM_TABLE, ids);
        assertThat(rows).hasSizeBetween(80, ids.size() - 20);
        return rows;
    }

    @Test
    void anOlderSavepointBeginsALineageThatServersSwapToAndNothingOfWhatWasLearntSinceIsLeft(TestInfo test)
            throws Exception {
        Pipeline pipeline = begin(test);
        try (Server server = new Server(pipeline)) {
            runs.write(pipeline, part(0));
            LocalJob job = runs.start(pipeline, 1);
            awaitExamples(pipeline, "", PART);
            String older = job.savepoint();
            runs.write(pipeline, part(1));
            VersionRecord last = awaitExamples(pipeline, "", 2 * PART);
            assertServesWhatTheJobHolds(server, pipeline, last, job);
            job.stop();

            Forgetting.forget(RandomExamples.timeMs(PART), RandomExamples.timeMs(2 * PART));
            runs.write(pipeline, part(2));
            LocalJob restored = runs.restore(pipeline, 1, older);
            VersionRecord first = awaitOtherLineage(pipeline, last.getVersion());
            assertThat(first.getComplete()).isTrue();
            VersionRecord newest = awaitExamples(pipeline, first.getVersion().getLineage(), 2 * PART);
            assertServesWhatTheJobHolds(server, pipeline, newest, restored);
            try (Server fresh = new Server(pipeline)) {
                assertServesWhatTheJobHolds(fresh, pipeline, newest, restored);
            }
            float[] scores = server.scores(CANDIDATES);
            assertThat(server.failed()).isZero();
            restored.stop();

            assertThat(scores).isEqualTo(scoresOfARunThatNeverSawThatPart());
        }
    }

    private float[] scoresOfARunThatNeverSawThatPart() throws Exception {
        name += "-undisturbed";
        Pipeline undisturbed = pipeline("item: {dimension: 8}", "");
        runs.createTopics(undisturbed);
        runs.write(undisturbed, part(0));
        runs.write(undisturbed, part(2));
        LocalJob job = runs.start(undisturbed, 1);
        VersionRecord version = awaitExamples(undisturbed, "", 2 * PART);
        float[] scores = CANDIDATES.expected(undisturbed, runs.dense(undisturbed, version), job, 1);
        job.stop();
        return scores;
    }

    /** What a job left that has learnt the first part and was stopped. */
    private record Stopped(String savepoint, VersionRecord version, Map<Long, StoredRow> items) {}

    private Stopped learnAndStop(Pipeline pipeline, Server server) throws Exception {
        runs.write(pipeline, part(0));
        LocalJob job = runs.start(pipeline, SHARDS);
        VersionRecord version = awaitExamples(pipeline, "", PART);
        assertServesWhatTheJobHolds(server, pipeline, version, job);
        Map<Long, StoredRow> items = items(pipeline, job, SHARDS);
        return new Stopped(job.stop(), version, items);
    }

    @ParameterizedTest
    @CsvSource({"12, widen", "5, narrow"})
    void anotherWidthGoesOnWithItsRowsInANewLineageWhichServersOfTheNewFileServe(
            int dimension, String migration, TestInfo test) throws Exception {
        Pipeline before = begin(test);
        String item = "item: {dimension: %d, migrate: [%s]}".formatted(dimension, migration);
        try (Server old = new Server(before)) {
            Stopped stopped = learnAndStop(before, old);
            float[] oldScores = old.scores(CANDIDATES);

            assertRefused(pipeline("item: {dimension: %d}".formatted(dimension), ""), stopped, "Add " + migration);
            assertRefused(pipeline(item, ""), stopped, "set restore.model-changed to start-over");

            Pipeline after = pipeline(item, "restore: {model-changed: start-over}");
            try (Server next = new Server(after)) {
                LocalJob job = runs.restore(after, SHARDS, stopped.savepoint);
                VersionRecord first = awaitOtherLineage(after, stopped.version.getVersion());
                assertThat(first.getProgress().getSteps()).isZero();
                assertMigrated(
                        stopped.items,
                        items(after, job, SHARDS),
                        TableSpec.of(after).get(ITEM_TABLE));
                assertServesWhatTheJobHolds(next, after, first, job);

                runs.write(after, part(1));
                VersionRecord learnt = awaitExamples(after, first.getVersion().getLineage(), PART);
                assertServesWhatTheJobHolds(next, after, learnt, job);
                String again = job.stop();
                // With the key still in the file nothing starts over that is of this model.
                LocalJob goesOn = runs.restore(after, 1, again);
                runs.write(after, part(2));
                VersionRecord newest = awaitExamples(after, first.getVersion().getLineage(), 2 * PART);
                assertServesWhatTheJobHolds(next, after, newest, goesOn);
                goesOn.stop();
            }
            assertThat(old.live()).contains(stopped.version.getVersion());
            assertThat(old.scores(CANDIDATES)).isEqualTo(oldScores);
        }
    }

    private static void assertRefused(Pipeline pipeline, Stopped stopped, String advice) {
        assertThatThrownBy(() -> runs.restore(pipeline, SHARDS, stopped.savepoint))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(advice);
    }

    private static void assertMigrated(Map<Long, StoredRow> before, Map<Long, StoredRow> after, TableSpec table) {
        assertThat(after).containsOnlyKeys(before.keySet());
        RowInitializer initializer = new RowInitializer(table);
        before.forEach((id, row) -> {
            int oldDimension = row.weights().length - 1;
            float[] expected = new float[table.width()];
            initializer.fill(id, expected, 0);
            System.arraycopy(row.weights(), 0, expected, 0, Math.min(oldDimension, table.dimension()));
            expected[table.dimension()] = row.weights()[oldDimension];
            StoredRow migrated = after.get(id);
            assertThat(migrated.weights()).isEqualTo(expected);
            assertThat(migrated.touches()).isEqualTo(row.touches());
            assertThat(migrated.lastUpdateMs()).isEqualTo(row.lastUpdateMs());
        });
    }

    @Test
    void anotherOptimizerOfRowsGoesOnInTheSameLineage(TestInfo test) throws Exception {
        Pipeline before = begin(test);
        try (Server server = new Server(before)) {
            Stopped stopped = learnAndStop(before, server);
            String adam = "item: {dimension: 8, optimizer: {type: adam}%s}";
            assertRefused(pipeline(adam.formatted(""), ""), stopped, "Add reset-optimizer to tables.item.migrate");

            Pipeline after = pipeline(adam.formatted(", migrate: [reset-optimizer]"), "");
            LocalJob job = runs.restore(after, 1, stopped.savepoint);
            Map<Long, StoredRow> items = items(after, job, 1);
            stopped.items.forEach((id, row) -> {
                assertThat(items.get(id).weights()).isEqualTo(row.weights());
                assertThat(items.get(id).optimizerState()).containsOnly(0f);
            });
            runs.write(after, part(1));
            String lineage = stopped.version.getVersion().getLineage();
            VersionRecord learnt = awaitExamples(after, lineage, 2 * PART);
            assertServesWhatTheJobHolds(server, after, learnt, job);
            job.stop();
        }
    }

    @Test
    void anotherLabelOfTheLineagePublishesEveryRowOfTheSameModelAgain(TestInfo test) throws Exception {
        Pipeline before = begin(test);
        try (Server server = new Server(before)) {
            Stopped stopped = learnAndStop(before, server);
            Pipeline after = pipeline("item: {dimension: 8}", "restore: {lineage: once more}");
            LocalJob job = runs.restore(after, 1, stopped.savepoint);
            VersionRecord first = awaitOtherLineage(after, stopped.version.getVersion());
            assertThat(first.getProgress().getExamples()).isEqualTo(PART);
            assertServesWhatTheJobHolds(server, after, first, job);
            job.stop();
        }
    }

    @Test
    void anotherNameBeginsALineageOnTopicsOfItsOwn(TestInfo test) throws Exception {
        Pipeline before = begin(test);
        try (Server old = new Server(before)) {
            Stopped stopped = learnAndStop(before, old);
            name += "-beside";
            Pipeline after = pipeline("item: {dimension: 8}", "");
            runs.createTopics(after);
            try (Server next = new Server(after)) {
                LocalJob job = runs.restore(after, SHARDS, stopped.savepoint);
                VersionRecord first = runs.awaitVersion(after, VersionRecord::getComplete);
                assertServesWhatTheJobHolds(next, after, first, job);
                assertThat(next.scores(CANDIDATES)).isEqualTo(old.scores(CANDIDATES));
                runs.write(after, part(1));
                assertServesWhatTheJobHolds(next, after, awaitExamples(after, "", 2 * PART), job);
                job.stop();
            }
            assertThat(old.live()).contains(stopped.version.getVersion());
        }
    }

    @Test
    void anotherOptimizerOfDenseWeightsIsRefusedUnlessItsStateMayBeReset(TestInfo test) throws Exception {
        Pipeline before = begin(test);
        try (Server server = new Server(before)) {
            Stopped stopped = learnAndStop(before, server);
            Pipeline refused = parse("item: {dimension: 8}", TRAINING.formatted(BATCH, ", optimizer: {type: sgd}"));
            assertThatThrownBy(() -> runs.restore(refused, SHARDS, stopped.savepoint))
                    .hasMessageContaining("set training.optimizer.when-changed to reset");

            String reset = ", optimizer: {type: sgd, when-changed: reset}";
            Pipeline after = parse("item: {dimension: 8}", TRAINING.formatted(BATCH, reset));
            LocalJob job = runs.restore(after, SHARDS, stopped.savepoint);
            runs.write(after, part(1));
            VersionRecord learnt =
                    awaitExamples(after, stopped.version.getVersion().getLineage(), 2 * PART);
            assertServesWhatTheJobHolds(server, after, learnt, job);
            job.stop();
        }
    }
}

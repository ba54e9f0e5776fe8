package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.benchmarks.process.TemporaryFolder;
import io.freshet.benchmarks.result.ResultLine;
import io.freshet.broker.EmbeddedBroker;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.store.durable.RowDatabase;
import io.freshet.store.table.RowTables;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.flink.core.execution.RecoveryClaimMode;

/**
 * The state of a Flink job. Versions are cut and go nowhere, but a restored job asks Kafka which of them are out, and so
 * there is a broker, in this process. Which versions a job knows to have arrived is for Flink to say, so only a bound is
 * known of what the next version has to bring.
 */
final class FlinkHome implements Home {
    private final long seed;
    private final TemporaryFolder folder = new TemporaryFolder("freshet-kills-flink");
    private final Folders folders = Folders.in(folder.path());
    private final EmbeddedBroker broker;
    private final ExpectedRows expected;
    private final Comparison comparison;
    private final SplittableRandom random;
    private long survived;

    /** Complete, but the victim was killed before it could say so. */
    private int checkpointsUnsaid;

    private int compared;

    FlinkHome(long seed) {
        this.seed = seed;
        random = new SplittableRandom(seed + 3);
        Blocks blocks = new Blocks(new Operations(seed, KillTables.specs()), KillTables.specs());
        expected = new ExpectedRows(blocks::run, KillTables.specs());
        comparison = new Comparison(expected);
        folders.makeDatabase();
        broker = EmbeddedBroker.start(folder.path().resolve("kafka"));
        broker.createTopic(
                PipelineTopics.of(KillTables.pipeline(broker.bootstrapServers()))
                        .versions(),
                1);
    }

    @Override
    public ChildJvm victim(int number) {
        Path scratch = folders.scratch(number);
        return new ChildJvm(
                FlinkVictim.class,
                List.of(
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dfreshet.home=" + scratch,
                        "-Djava.io.tmpdir=" + scratch),
                List.of(
                        folders.database().toString(),
                        scratch.toString(),
                        Long.toString(seed),
                        Integer.toString(KillTables.hotRows(random)),
                        broker.bootstrapServers()));
    }

    @Override
    public String order() {
        RecoveryClaimMode mode = random.nextBoolean() ? RecoveryClaimMode.CLAIM : RecoveryClaimMode.NO_CLAIM;
        return newest().map(checkpoint -> mode + " " + checkpoint.path().toUri())
                .orElse(FlinkVictim.NEW);
    }

    @Override
    public int beginningMs() {
        return 2_500;
    }

    private Optional<RetainedCheckpoint> newest() {
        return RetainedCheckpoint.newest(folders.database());
    }

    @Override
    public void compare(long said) {
        folders.deleteScratch(compared++);
        Optional<RetainedCheckpoint> newest = newest();
        try (TemporaryFolder copy = new TemporaryFolder("freshet-kills-copy");
                RowDatabase database = KillTables.open(copy.path())) {
            long covered = 0;
            if (newest.isPresent()) {
                covered = newest.get().covered();
                newest.get().copyTo(database.rows());
            }
            long atLeast = Math.max(said, survived);
            Comparison.require(covered >= atLeast, "%d operations were kept, but %d were restored", atLeast, covered);
            checkpointsUnsaid += covered > atLeast ? 1 : 0;
            expected.advance(covered);
            RowTables rows = KillTables.rows(database.rows(), KillTables.hotRows(random));
            comparison.rows(database.rows(), rows);
            comparison.nextVersionBrings(rows, covered > atLeast ? atLeast : covered);
            survived = covered;
        } catch (Exception e) {
            throw new IllegalStateException(
                    "After kill %d of seed %d: %s".formatted(compared, seed, e.getMessage()), e);
        }
    }

    @Override
    public ResultLine finish(ResultLine line) {
        return line.add("operations", survived)
                .add("rows", expected.names().size())
                .add("rows_compared", comparison.rowsCompared())
                .add("checkpoints_unsaid", checkpointsUnsaid);
    }

    @Override
    public void close() {
        broker.close();
        folder.close();
    }
}

package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.result.ResultLine;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.RowDatabase;
import io.freshet.store.table.RowTables;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Restores what victims left, one after the other, and compares it with the model. */
final class Survivors {
    /** The versions that may not have arrived are lost, or the first one or two of them are not. */
    private static final int LUCKY_VERSIONS = 3;

    private final long seed;
    private final Folders folders;
    private final ExpectedRows expected;
    private final Comparison comparison;
    private final SplittableRandom random;
    private long survived;

    /** Complete, but the victim was killed before it could say so. */
    private int checkpointsUnsaid;

    private int compared;

    Survivors(long seed, Folders folders) {
        this.seed = seed;
        this.folders = folders;
        random = new SplittableRandom(seed + 1);
        expected = new ExpectedRows(new Operations(seed, KillTables.specs())::run, KillTables.specs());
        comparison = new Comparison(expected);
    }

    /**
     * Looks at the newest complete checkpoint.
     *
     * @param said operations of which the victim said that they are kept
     */
    void compare(long said) {
        compared++;
        restore((database, covered) -> {
            long atLeast = Math.max(said, survived);
            Comparison.require(covered >= atLeast, "%d operations were kept, but %d were restored", atLeast, covered);
            survived = covered;
            checkpointsUnsaid += covered > atLeast ? 1 : 0;
            compareMetadata(database, covered);
            expected.advance(covered);
            for (long version : expected.restored(random.nextInt(LUCKY_VERSIONS))) {
                PublishedVersion.read(folders.versions(), version, comparison.servers());
            }
            RowTables rows = KillTables.rows(database, KillTables.hotRows(random));
            comparison.rows(database, rows);
            comparison.nextVersion(database, rows);
        });
    }

    /** Lets all that has expired go; afterwards the live rows are stored and served, and no others. */
    void compareAfterSweeping() {
        restore((database, covered) ->
                comparison.sweepAll(database, KillTables.rows(database, KillTables.hotRows(random)), covered));
    }

    /** What is done to the rows is forgotten afterwards. */
    private void restore(Look look) {
        try (RowDatabase database = KillTables.open(folders.database())) {
            look.at(database.rows(), database.restoredFrom().orElse(0));
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "After kill %d of seed %d: %s".formatted(compared, seed, e.getMessage()), e);
        }
    }

    @FunctionalInterface
    private interface Look {
        void at(DurableRows database, long covered);
    }

    private static void compareMetadata(DurableRows rows, long covered) {
        for (int group = 0; group < KillTables.KEY_GROUPS; group++) {
            byte[] number = rows.metadata(group, Victim.COVERED);
            long found = number == null ? 0 : ByteBuffer.wrap(number).getLong();
            Comparison.require(
                    found == covered, "metadata of key group %d is of operation %d, rows of %d", group, found, covered);
        }
    }

    /** What was compared, in numbers. */
    ResultLine addTo(ResultLine line) {
        return line.add("operations", survived)
                .add("rows", expected.names().size())
                .add("rows_compared", comparison.rowsCompared())
                .add("tombstones", comparison.tombstones())
                .add("checkpoints_unsaid", checkpointsUnsaid);
    }
}

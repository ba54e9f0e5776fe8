package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.benchmarks.process.TemporaryFolder;
import io.freshet.benchmarks.result.ResultLine;
import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.RowDatabase;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.StoredRow;
import io.freshet.store.table.TableSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Kills one victim after the other, and compares what is left of each with what must be. */
final class KillTest {
    /** One in so many victims is killed within so many milliseconds: while it restores, or not much later. */
    private static final int BEGINNINGS = 5;

    private static final int BEGINNING_MS = 300;

    /** The others are killed after at most so many checkpoints. */
    private static final int CHECKPOINTS_MAX = 3;

    private static final List<String> SMALL_JVM = List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final long seed;
    private final int kills;
    private final PrintWriter out;
    private final ExpectedRows expected;
    private final SplittableRandom random;
    private long rowsCompared;

    /** Complete, but the victim was killed before it could say so. */
    private int checkpointsUnsaid;

    KillTest(long seed, int kills, PrintWriter out) {
        this.seed = seed;
        this.kills = kills;
        this.out = out;
        random = new SplittableRandom(seed);
        expected = new ExpectedRows(new Operations(seed, KillTables.specs()), KillTables.specs());
    }

    ResultLine run() {
        out.printf("%d kills, --seed %d%n", kills, seed);
        out.flush();
        long kept = 0;
        try (TemporaryFolder folder = new TemporaryFolder("freshet-kills")) {
            Path database = folder.path().resolve("database");
            ChildJvm next = victim(folder, 0);
            for (int kill = 0; kill < kills; kill++) {
                ChildJvm now = next;
                // Starting a JVM takes longer than its work, so the next one starts meanwhile.
                next = kill + 1 < kills ? victim(folder, kill + 1) : null;
                long said = workAndDie(now);
                TemporaryFolder.delete(scratch(folder, kill));
                kept = compare(database, Math.max(kept, said), kill);
            }
        }
        return new ResultLine()
                .add("bench", "kills")
                .add("kills", kills)
                .add("seed", seed)
                .add("operations", kept)
                .add("rows", expected.count())
                .add("rows_compared", rowsCompared)
                .add("checkpoints_unsaid", checkpointsUnsaid);
    }

    private ChildJvm victim(TemporaryFolder folder, int number) {
        List<String> options = new ArrayList<>(SMALL_JVM);
        // RocksDB unpacks its library where temporary files go, and a victim does not tidy up.
        options.add("-Djava.io.tmpdir=" + scratch(folder, number));
        return new ChildJvm(
                Victim.class, options, List.of(folder.path().resolve("database").toString(), Long.toString(seed)));
    }

    private static Path scratch(TemporaryFolder folder, int number) {
        try {
            return Files.createDirectories(folder.path().resolve("scratch-" + number));
        } catch (IOException e) {
            throw new UncheckedIOException("No folder for a victim could be made in " + folder.path(), e);
        }
    }

    /** The newest number of operations of which the victim said that they are kept; 0 for none. */
    private long workAndDie(ChildJvm victim) {
        try (victim) {
            if (!Victim.READY.equals(victim.line())) {
                throw new IllegalStateException("A victim ended before its work began; what it said is above.");
            }
            victim.tell("work");
            long kept = work(victim);
            if (!victim.isAlive()) {
                throw new IllegalStateException("A victim ended by itself; what it said is above.");
            }
            victim.kill();
            return Math.max(kept, lastKept(victim));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a victim worked", e);
        }
    }

    /** Lets it work up to a random moment: in its beginning, or on the way from a checkpoint to the next but one. */
    private long work(ChildJvm victim) throws InterruptedException {
        if (random.nextInt(BEGINNINGS) == 0) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(BEGINNING_MS));
            return 0;
        }
        long kept = 0;
        long lastSaid = System.nanoTime();
        long interval = 0;
        for (int left = 1 + random.nextInt(CHECKPOINTS_MAX); left > 0; left--) {
            kept = kept(victim.line());
            interval = System.nanoTime() - lastSaid;
            lastSaid += interval;
        }
        TimeUnit.NANOSECONDS.sleep((long) (random.nextDouble() * 2 * interval));
        return kept;
    }

    private static long lastKept(ChildJvm victim) {
        long kept = 0;
        for (String line = victim.line(); line != null; line = victim.line()) {
            kept = kept(line);
        }
        return kept;
    }

    private static long kept(String line) {
        if (line == null || !line.startsWith(Victim.KEPT)) {
            throw new IllegalStateException("A victim should have told what it kept, but said: " + line);
        }
        return Long.parseLong(line.substring(Victim.KEPT.length()));
    }

    /**
     * Restores what a victim left and compares it with the model.
     *
     * @param atLeast operations that must have survived
     * @return operations that have survived
     */
    private long compare(Path folder, long atLeast, int kill) {
        try (RowDatabase database = KillTables.open(folder)) {
            long covered = database.restoredFrom().orElse(0);
            require(covered >= atLeast, kill, "%d operations were kept, but %d were restored", atLeast, covered);
            checkpointsUnsaid += covered > atLeast ? 1 : 0;
            expected.advance(covered);
            compareMetadata(database.rows(), covered, kill);
            RowTables rows = KillTables.rows(database);
            compareRows(database, rows, kill);
            expected.restored();
            compareChanged(rows, kill);
            return covered;
        }
    }

    private static void compareMetadata(DurableRows rows, long covered, int kill) {
        for (int group = 0; group < KillTables.KEY_GROUPS; group++) {
            byte[] number = rows.metadata(group, Victim.COVERED);
            long found = number == null ? 0 : ByteBuffer.wrap(number).getLong();
            require(
                    found == covered,
                    kill,
                    "metadata of key group %d is of operation %d, rows of %d",
                    group,
                    found,
                    covered);
        }
    }

    private void compareRows(RowDatabase database, RowTables rows, int kill) {
        int[] stored = {0};
        database.rows().forEach((table, id, value) -> stored[0]++);
        require(stored[0] == expected.count(), kill, "%d rows are stored, not %d", stored[0], expected.count());
        for (TableSpec table : KillTables.specs()) {
            for (long id : expected.ids(table.index())) {
                StoredRow wanted = expected.row(table.index(), id);
                Optional<StoredRow> found = rows.peek(table.index(), id);
                require(
                        found.equals(Optional.of(wanted)),
                        kill,
                        "%s %d is %s, not %s",
                        table.name(),
                        id,
                        found,
                        wanted);
                rowsCompared++;
            }
        }
    }

    /** Publishes a version, which is forgotten with this instance of the database. */
    private void compareChanged(RowTables rows, int kill) {
        Set<ExpectedRows.RowName> changed = new HashSet<>();
        rows.drainChanged(Long.MAX_VALUE, (keyGroup, table, id, weights) -> {
            changed.add(new ExpectedRows.RowName(table, id));
            require(
                    Arrays.equals(weights, expected.row(table, id).weights()),
                    kill,
                    "%d leaves with other weights",
                    id);
        });
        require(
                changed.equals(expected.changed()),
                kill,
                "%d rows count as changed, not %d, or not the same ones",
                changed.size(),
                expected.changed().size());
    }

    private static void require(boolean holds, int kill, String otherwise, Object... values) {
        if (!holds) {
            throw new IllegalStateException("After kill %d: %s".formatted(kill + 1, otherwise.formatted(values)));
        }
    }
}

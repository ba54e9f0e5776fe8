package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.benchmarks.process.TemporaryFolder;
import io.freshet.benchmarks.result.ResultLine;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
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
    private final SplittableRandom random;

    KillTest(long seed, int kills, PrintWriter out) {
        this.seed = seed;
        this.kills = kills;
        this.out = out;
        random = new SplittableRandom(seed);
    }

    ResultLine run() {
        out.printf("%d kills, --seed %d%n", kills, seed);
        out.flush();
        try (TemporaryFolder folder = new TemporaryFolder("freshet-kills")) {
            Folders folders = Folders.in(folder.path());
            Survivors survivors = new Survivors(seed, folders);
            ChildJvm next = victim(folders, 0);
            for (int kill = 0; kill < kills; kill++) {
                ChildJvm now = next;
                // Starting a JVM takes longer than its work, so the next one starts meanwhile.
                next = kill + 1 < kills ? victim(folders, kill + 1) : null;
                long said = workAndDie(now);
                TemporaryFolder.delete(folders.scratch(kill));
                survivors.compare(said);
            }
            survivors.compareAfterSweeping();
            return survivors.addTo(
                    new ResultLine().add("bench", "kills").add("kills", kills).add("seed", seed));
        }
    }

    private ChildJvm victim(Folders folders, int number) {
        List<String> options = new ArrayList<>(SMALL_JVM);
        // RocksDB unpacks its library where temporary files go, and a victim does not tidy up.
        options.add("-Djava.io.tmpdir=" + folders.scratch(number));
        return new ChildJvm(
                Victim.class,
                options,
                List.of(
                        folders.database().toString(),
                        folders.versions().toString(),
                        Long.toString(seed),
                        Integer.toString(KillTables.hotRows(random))));
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
}

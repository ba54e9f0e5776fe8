package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.benchmarks.result.ResultLine;
import java.io.PrintWriter;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Kills one victim after the other, and compares what is left of each with what must be. */
final class KillTest {
    /** One in so many victims is killed in its beginning: while it restores, or not much later. */
    private static final int BEGINNINGS = 5;

    /** The others are killed after at most so many checkpoints. */
    private static final int CHECKPOINTS_MAX = 3;

    private final Home home;
    private final long seed;
    private final int kills;
    private final PrintWriter out;
    private final SplittableRandom random;

    KillTest(Home home, long seed, int kills, PrintWriter out) {
        this.home = home;
        this.seed = seed;
        this.kills = kills;
        this.out = out;
        random = new SplittableRandom(seed);
    }

    ResultLine run() {
        out.printf("%d kills, --seed %d%n", kills, seed);
        out.flush();
        ChildJvm next = home.victim(0);
        try {
            for (int kill = 0; kill < kills; kill++) {
                ChildJvm now = next;
                // Starting a JVM takes longer than its work, so the next one starts meanwhile.
                next = home.victim(kill + 1);
                home.compare(workAndDie(now));
            }
        } finally {
            next.close();
        }
        return home.finish(
                new ResultLine().add("bench", "kills").add("kills", kills).add("seed", seed));
    }

    /** The newest number of operations of which the victim said that they are kept; 0 for none. */
    private long workAndDie(ChildJvm victim) {
        try (victim) {
            if (!Victim.READY.equals(victim.line())) {
                throw new IllegalStateException("A victim ended before its work began; what it said is above.");
            }
            victim.tell(home.order());
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
            TimeUnit.MILLISECONDS.sleep(random.nextInt(home.beginningMs()));
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

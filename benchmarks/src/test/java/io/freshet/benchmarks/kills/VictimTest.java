package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.result.ResultLine;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As the kills, but for the kills: a victim ends between two operations. Many more of them go into a minute. */
class VictimTest {
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());
    private static final int ENDS = Integer.getInteger("freshet.test.ends", 60);
    private static final int OPERATIONS_MAX = 150;

    @TempDir
    private Path folder;

    @Test
    void whatIsRestoredAfterAnEndIsWhatTheModelSaysToTheBit() {
        System.out.println("VictimTest: rerun with -Dfreshet.test.seed=" + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        Folders folders = Folders.in(folder);
        Operations operations = new Operations(SEED, KillTables.specs());
        Survivors survivors = new Survivors(SEED, folders);
        long[] kept = {0};
        for (int end = 0; end < ENDS; end++) {
            int hotRows = KillTables.hotRows(random);
            try (Victim victim =
                    new Victim(folders.database(), folders.versions(), hotRows, covered -> kept[0] = covered)) {
                for (int left = random.nextInt(OPERATIONS_MAX); left > 0; left--) {
                    victim.workOn(operations);
                }
            }
            survivors.compare(kept[0]);
        }
        survivors.compareAfterSweeping();
        System.out.println(survivors.addTo(new ResultLine()));
    }
}

package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.benchmarks.process.TemporaryFolder;
import io.freshet.benchmarks.result.ResultLine;
import java.util.List;
import java.util.SplittableRandom;

/** The database of rows without Flink, as servers and tools have it. */
final class OwnHome implements Home {
    private final long seed;
    private final TemporaryFolder folder = new TemporaryFolder("freshet-kills");
    private final Folders folders = Folders.in(folder.path());
    private final Survivors survivors;
    private final SplittableRandom random;
    private int compared;

    OwnHome(long seed) {
        this.seed = seed;
        survivors = new Survivors(seed, folders);
        random = new SplittableRandom(seed + 2);
    }

    @Override
    public ChildJvm victim(int number) {
        return new ChildJvm(
                Victim.class,
                List.of(
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        // RocksDB unpacks its library there, and a victim does not tidy up.
                        "-Djava.io.tmpdir=" + folders.scratch(number)),
                List.of(
                        folders.database().toString(),
                        folders.versions().toString(),
                        Long.toString(seed),
                        Integer.toString(KillTables.hotRows(random))));
    }

    @Override
    public String order() {
        return "work";
    }

    @Override
    public int beginningMs() {
        return 300;
    }

    @Override
    public void compare(long said) {
        folders.deleteScratch(compared++);
        survivors.compare(said);
    }

    @Override
    public ResultLine finish(ResultLine line) {
        survivors.compareAfterSweeping();
        return survivors.addTo(line);
    }

    @Override
    public void close() {
        folder.close();
    }
}

package io.freshet.benchmarks.rows;

import java.util.List;
import picocli.CommandLine.Option;

/** Sizes of {@link CheckpointsCommand}. */
final class CheckpointsOptions {
    @Option(names = "--rows", defaultValue = "4000000", description = "rows of the table (default ${DEFAULT-VALUE})")
    private int rows;

    @Option(names = "--width", defaultValue = "32", description = "floats of a row (default ${DEFAULT-VALUE})")
    private int width;

    @Option(
            names = "--changed",
            split = ",",
            defaultValue = "1000,10000,100000,1000000",
            description = "rows changed from one checkpoint to the next (default ${DEFAULT-VALUE})")
    private List<Integer> changed;

    @Option(
            names = "--interval-ms",
            defaultValue = "10000",
            description = "from checkpoint to checkpoint (default ${DEFAULT-VALUE})")
    private long intervalMs;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "checkpoints with each number of rows changed (default ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seed", defaultValue = "1", description = "of the ids (default ${DEFAULT-VALUE})")
    private long seed;

    int rows() {
        return rows;
    }

    int width() {
        return width;
    }

    List<Integer> changed() {
        return changed;
    }

    long intervalMs() {
        return intervalMs;
    }

    int rounds() {
        return rounds;
    }

    long seed() {
        return seed;
    }
}

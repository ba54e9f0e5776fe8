package io.freshet.benchmarks.rows;

import java.util.List;
import picocli.CommandLine.Option;

/** Sizes, and who takes part. */
final class RowsOptions {
    @Option(names = "--rows", defaultValue = "10000000", description = "rows of the table (default ${DEFAULT-VALUE})")
    private int rows;

    @Option(names = "--width", defaultValue = "32", description = "floats of a row (default ${DEFAULT-VALUE})")
    private int width;

    @Option(names = "--batch", defaultValue = "8192", description = "ids of a batch (default ${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--batches",
            defaultValue = "64",
            description = "of them in a round, fewer for slow peers (default ${DEFAULT-VALUE})")
    private int batches;

    @Option(names = "--rounds", defaultValue = "7", description = "that count (default ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seed", defaultValue = "1", description = "of the ids (default ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--without",
            split = ",",
            converter = Part.Converter.class,
            description = "leave out some of rocksdb, value-state, redis, growth, spill")
    private List<Part> without = List.of();

    @Option(
            names = "--redis-server",
            defaultValue = "redis-server",
            description = "the program of Redis (default ${DEFAULT-VALUE})")
    private String redisServer;

    @Option(
            names = "--small",
            defaultValue = "1000000",
            description = "rows of the small table (default ${DEFAULT-VALUE})")
    private int small;

    @Option(
            names = "--large",
            defaultValue = "50000000",
            description = "rows of the large table (default ${DEFAULT-VALUE})")
    private int large;

    @Option(
            names = "--cache-mb",
            defaultValue = "256",
            description = "of RocksDB, in 2^20 bytes, where not all rows are hot (default ${DEFAULT-VALUE})")
    private int cacheMb;

    /** These options for another process. */
    List<String> arguments() {
        return List.of(
                "--rows=" + rows,
                "--width=" + width,
                "--batch=" + batch,
                "--batches=" + batches,
                "--rounds=" + rounds,
                "--seed=" + seed,
                "--cache-mb=" + cacheMb);
    }

    int rows() {
        return rows;
    }

    int width() {
        return width;
    }

    int batch() {
        return batch;
    }

    int batches() {
        return batches;
    }

    int rounds() {
        return rounds;
    }

    long seed() {
        return seed;
    }

    boolean has(Part part) {
        return !without.contains(part);
    }

    String redisServer() {
        return redisServer;
    }

    int small() {
        return small;
    }

    int large() {
        return large;
    }

    long cacheBytes() {
        return (long) cacheMb << 20;
    }
}

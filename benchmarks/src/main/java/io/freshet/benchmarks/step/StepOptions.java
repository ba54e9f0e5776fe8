package io.freshet.benchmarks.step;

import picocli.CommandLine.Option;

/** Options of the benchmarks that time a step. */
final class StepOptions {
    @Option(names = "--batch", defaultValue = "512", description = "B, examples of a step (default ${DEFAULT-VALUE})")
    private int batch;

    @Option(names = "--tokens", defaultValue = "16", description = "T, with the global one (default ${DEFAULT-VALUE})")
    private int tokens;

    @Option(names = "--heads", description = "H, heads of the mixing (default: as many as tokens)")
    private Integer heads;

    @Option(names = "--width", defaultValue = "128", description = "D, width of a token (default ${DEFAULT-VALUE})")
    private int width;

    @Option(names = "--expansion", defaultValue = "2", description = "n of the SwiGLU (default ${DEFAULT-VALUE})")
    private int expansion;

    @Option(names = "--layers", defaultValue = "4", description = "L, blocks (default ${DEFAULT-VALUE})")
    private int layers;

    @Option(names = "--threads", description = "intra-op threads (default: as many as there are cores)")
    private Integer threads;

    @Option(names = "--rounds", defaultValue = "15", description = "rounds that count (default ${DEFAULT-VALUE})")
    private int rounds;

    StepShape shape() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new StepShape(
                batch,
                tokens,
                heads == null ? tokens : heads,
                width,
                expansion,
                layers,
                threads == null ? cores : threads);
    }

    int rounds() {
        return rounds;
    }
}

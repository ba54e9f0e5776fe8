package io.freshet.benchmarks.scale;

import io.freshet.benchmarks.step.StepShape;
import picocli.CommandLine.Option;

/** Sizes of a large ranker; what holds when none is given has 101 million dense weights. */
final class ScaleOptions {
    @Option(names = "--batch", defaultValue = "256", description = "B (default ${DEFAULT-VALUE})")
    private int batch = 256;

    @Option(names = "--tokens", defaultValue = "16", description = "T, with the global one (default ${DEFAULT-VALUE})")
    private int tokens = 16;

    @Option(names = "--width", defaultValue = "256", description = "D (default ${DEFAULT-VALUE})")
    private int width = 256;

    @Option(names = "--layers", defaultValue = "8", description = "L (default ${DEFAULT-VALUE})")
    private int layers = 8;

    @Option(names = "--steps", defaultValue = "7", description = "steps that count (default ${DEFAULT-VALUE})")
    private int steps = 7;

    @Option(names = "--threads", description = "intra-op threads (default: as many as there are cores)")
    private Integer threads;

    ScaleOptions() {}

    /** For tests. */
    ScaleOptions(int batch, int tokens, int width, int layers, int steps) {
        this.batch = batch;
        this.tokens = tokens;
        this.width = width;
        this.layers = layers;
        this.steps = steps;
        threads = 1;
    }

    StepShape shape() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new StepShape(batch, tokens, tokens, width, 2, layers, threads == null ? cores : threads);
    }

    int steps() {
        return steps;
    }
}

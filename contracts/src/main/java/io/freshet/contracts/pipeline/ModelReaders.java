package io.freshet.contracts.pipeline;

import io.freshet.contracts.pipeline.TrainingConfig.DenseOptimizerConfig;

/** Reads how the model is trained. */
final class ModelReaders {
    private ModelReaders() {}

    static TrainingConfig training(Section section) {
        TrainingConfig defaults = TrainingConfig.DEFAULTS;
        int batchSize = section.read("batch-size", ValueType.INTEGER, defaults.batchSize());
        var linger = section.read("linger", ValueType.DURATION, defaults.linger());
        String device = section.read("device", ValueType.TEXT, defaults.device());
        int threads = section.read("threads", ValueType.INTEGER, defaults.threads());
        DenseOptimizerConfig optimizer = denseOptimizer(section.section("optimizer"));
        long seed = section.read("seed", ValueType.LONG, defaults.seed());
        return section.build(() -> new TrainingConfig(batchSize, linger, device, threads, optimizer, seed), defaults);
    }

    private static DenseOptimizerConfig denseOptimizer(Section section) {
        DenseOptimizerConfig defaults = DenseOptimizerConfig.DEFAULTS;
        var type = section.read("type", ValueType.oneOf(DenseOptimizerConfig.Type.class), defaults.type());
        double rate = section.read("learning-rate", ValueType.NUMBER, defaults.learningRate());
        double accumulator = section.read("initial-accumulator", ValueType.NUMBER, defaults.initialAccumulator());
        return section.build(() -> new DenseOptimizerConfig(type, rate, accumulator), defaults);
    }
}

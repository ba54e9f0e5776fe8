package io.freshet.contracts.pipeline;

import io.freshet.contracts.pipeline.TrainingConfig.DenseOptimizerConfig;

/** Reads what shapes the model and its training. */
final class ModelReaders {
    private ModelReaders() {}

    static RankerConfig ranker(Section section) {
        RankerConfig defaults = RankerConfig.DEFAULTS;
        var type = section.read("type", ValueType.oneOf(RankerConfig.Type.class), defaults.type());
        int width = section.read("width", ValueType.INTEGER, defaults.width());
        int layers = section.read("layers", ValueType.INTEGER, defaults.layers());
        int heads = section.read("heads", ValueType.INTEGER, defaults.heads());
        int expansion = section.read("expansion", ValueType.INTEGER, defaults.expansion());
        boolean wide = section.read("wide", ValueType.BOOLEAN, defaults.wide());
        var block = section.read("block", ValueType.oneOf(RankerConfig.Block.class), defaults.block());
        int interval = section.read("residual-interval", ValueType.INTEGER, defaults.residualInterval());
        double auxiliary = section.read("auxiliary-loss", ValueType.NUMBER, defaults.auxiliaryLoss());
        double downInit = section.read("down-init", ValueType.NUMBER, defaults.downInit());
        return section.build(
                () -> new RankerConfig(
                        type, width, layers, heads, expansion, wide, block, interval, auxiliary, downInit),
                defaults);
    }

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

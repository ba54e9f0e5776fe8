package io.freshet.contracts.pipeline;

import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.WhenChanged;
import io.freshet.contracts.pipeline.TrainingConfig.Precision;

/** Reads how the model is trained. */
final class TrainingReaders {
    private TrainingReaders() {}

    static TrainingConfig training(Section section) {
        TrainingConfig defaults = TrainingConfig.DEFAULTS;
        int batchSize = section.read("batch-size", ValueType.INTEGER, defaults.batchSize());
        var linger = section.read("linger", ValueType.DURATION, defaults.linger());
        String device = section.read("device", ValueType.TEXT, defaults.device());
        int threads = section.read("threads", ValueType.INTEGER, defaults.threads());
        DenseOptimizerConfig optimizer = optimizer(section.section("optimizer"));
        ScheduleConfig schedule = schedule(section.section("schedule"));
        double clipNorm = section.read("clip-norm", ValueType.NUMBER, defaults.clipNorm());
        long seed = section.read("seed", ValueType.LONG, defaults.seed());
        Precision precision = section.read("precision", ValueType.oneOf(Precision.class), defaults.precision());
        String startFrom = section.path("start-from");
        return section.build(
                () -> new TrainingConfig(
                        batchSize, linger, device, threads, optimizer, schedule, clipNorm, seed, precision, startFrom),
                defaults);
    }

    private static DenseOptimizerConfig optimizer(Section section) {
        Type type = section.read("type", ValueType.oneOf(Type.class), DenseOptimizerConfig.DEFAULTS.type());
        DenseOptimizerConfig defaults = DenseOptimizerConfig.of(type);
        double rate = section.number("learning-rate", defaults.learningRate(), "0.003; adam, adamw: 0.001; sgd: 0.01");
        double accumulator = section.number("initial-accumulator", defaults.initialAccumulator(), "0.01");
        double beta1 = section.number("beta1", defaults.beta1(), "0.9");
        double beta2 = section.number("beta2", defaults.beta2(), "0.999");
        double epsilon = section.number("epsilon", defaults.epsilon(), "1e-10; adam, adamw: 1e-8");
        double momentum = section.number("momentum", defaults.momentum(), "0.9");
        boolean nesterov = section.read("nesterov", ValueType.BOOLEAN, defaults.nesterov());
        double decay = section.read("weight-decay", ValueType.NUMBER, defaults.weightDecay());
        WhenChanged whenChanged =
                section.read("when-changed", ValueType.oneOf(WhenChanged.class), defaults.whenChanged());
        return section.build(
                () -> new DenseOptimizerConfig(
                        type, rate, accumulator, beta1, beta2, epsilon, momentum, nesterov, decay, whenChanged),
                defaults);
    }

    private static ScheduleConfig schedule(Section section) {
        ScheduleConfig defaults = ScheduleConfig.DEFAULTS;
        var type = section.read("type", ValueType.oneOf(ScheduleConfig.Type.class), defaults.type());
        int warmUp = section.read("warm-up", ValueType.INTEGER, defaults.warmUp());
        int steps = section.read("steps", ValueType.INTEGER, Fallback.of(0, "required for cosine"));
        double end = ScheduleConfig.DEFAULT_FINAL_SHARE;
        boolean ends = type == ScheduleConfig.Type.COSINE;
        double finalShare = section.number("final", ends ? end : 0, String.valueOf(end));
        return section.build(() -> new ScheduleConfig(type, warmUp, steps, finalShare), defaults);
    }
}

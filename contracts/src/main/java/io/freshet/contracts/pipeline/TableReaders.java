package io.freshet.contracts.pipeline;

/** Reads a table of rows. */
final class TableReaders {
    private TableReaders() {}

    static TableConfig table(Section section) {
        TableConfig defaults = TableConfig.of("unnamed", 1);
        int dimension = section.read("dimension", ValueType.INTEGER, Fallback.required(defaults.dimension()));
        RowOptimizerConfig optimizer = optimizer(section.section("optimizer"));
        section.moved("initial-range", "tables.<name>.initial.scale");
        InitialConfig initial = initial(section.section("initial"));
        var migrate = section.words("migrate", Migration.class);
        String shown = SizeText.of(defaults.memory());
        long memory = section.read("memory", ValueType.SIZE, Fallback.of(defaults.memory(), shown));
        var expireAfter =
                section.read("expire-after", ValueType.DURATION, Fallback.of(defaults.expireAfter(), "never"));
        int admitAfter = section.read("admit-after", ValueType.INTEGER, defaults.admitAfter());
        ExpiryConfig expiry = expiry(section.section("expiry"));
        AdmissionConfig admission = admission(section.section("admission"));
        return section.build(
                () -> new TableConfig(
                        section.name(),
                        dimension,
                        optimizer,
                        initial,
                        migrate,
                        memory,
                        expireAfter,
                        admitAfter,
                        expiry,
                        admission),
                defaults);
    }

    private static ExpiryConfig expiry(Section section) {
        ExpiryConfig defaults = ExpiryConfig.DEFAULTS;
        long minRows = section.read("min-rows", ValueType.LONG, defaults.minRows());
        long maxRows = section.read("max-rows", ValueType.LONG, Fallback.of(defaults.maxRows(), "no limit"));
        boolean dryRun = section.read("dry-run", ValueType.BOOLEAN, defaults.dryRun());
        return section.build(() -> new ExpiryConfig(minRows, maxRows, dryRun), defaults);
    }

    private static AdmissionConfig admission(Section section) {
        AdmissionConfig defaults = AdmissionConfig.DEFAULTS;
        var counting = section.read("counting", ValueType.oneOf(AdmissionConfig.Counting.class), defaults.counting());
        String shown = SizeText.of(defaults.memory());
        long memory = section.read("memory", ValueType.SIZE, Fallback.of(defaults.memory(), shown));
        var decay = section.read("decay", ValueType.DURATION, Fallback.of(defaults.decay(), "never"));
        var before = section.read("before", ValueType.oneOf(AdmissionConfig.Before.class), defaults.before());
        return section.build(() -> new AdmissionConfig(counting, memory, decay, before), defaults);
    }

    private static RowOptimizerConfig optimizer(Section section) {
        var types = ValueType.oneOf(RowOptimizerConfig.Type.class);
        var type = section.read("type", types, RowOptimizerConfig.DEFAULTS.type());
        RowOptimizerConfig defaults = RowOptimizerConfig.of(type);
        double rate = section.number("learning-rate", defaults.learningRate(), "0.1; adam: 0.001; sgd: 0.01");
        double accumulator = section.number("initial-accumulator", defaults.initialAccumulator(), "0.01; ftrl: 0.0");
        double epsilon = section.number("epsilon", defaults.epsilon(), "1e-10; adam: 1e-8");
        double decay = section.read("weight-decay", ValueType.NUMBER, defaults.weightDecay());
        double clipNorm = section.read("clip-norm", ValueType.NUMBER, defaults.clipNorm());
        double beta1 = section.number("beta1", defaults.beta1(), "0.9");
        double beta2 = section.number("beta2", defaults.beta2(), "0.999");
        double l1 = section.read("l1", ValueType.NUMBER, defaults.l1());
        double l2 = section.read("l2", ValueType.NUMBER, defaults.l2());
        double beta = section.number("beta", defaults.beta(), "1.0");
        return section.build(
                () -> new RowOptimizerConfig(
                        type, rate, accumulator, epsilon, decay, clipNorm, beta1, beta2, l1, l2, beta),
                defaults);
    }

    private static InitialConfig initial(Section section) {
        var types = ValueType.oneOf(InitialConfig.Type.class);
        var type = section.read("type", types, InitialConfig.DEFAULTS.type());
        String shown = String.valueOf(InitialConfig.DEFAULTS.scale());
        double scale = section.number("scale", InitialConfig.of(type).scale(), shown);
        return section.build(() -> new InitialConfig(type, scale), InitialConfig.DEFAULTS);
    }
}

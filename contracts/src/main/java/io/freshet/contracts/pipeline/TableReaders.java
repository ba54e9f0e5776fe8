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
        var expireAfter =
                section.read("expire-after", ValueType.DURATION, Fallback.of(defaults.expireAfter(), "never"));
        int admitAfter = section.read("admit-after", ValueType.INTEGER, defaults.admitAfter());
        return section.build(
                () -> new TableConfig(section.name(), dimension, optimizer, initial, expireAfter, admitAfter),
                defaults);
    }

    private static RowOptimizerConfig optimizer(Section section) {
        RowOptimizerConfig defaults = RowOptimizerConfig.DEFAULTS;
        var type = section.read("type", ValueType.oneOf(RowOptimizerConfig.Type.class), defaults.type());
        double rate = section.read("learning-rate", ValueType.NUMBER, defaults.learningRate());
        double accumulator = section.read("initial-accumulator", ValueType.NUMBER, defaults.initialAccumulator());
        return section.build(() -> new RowOptimizerConfig(type, rate, accumulator), defaults);
    }

    private static InitialConfig initial(Section section) {
        var types = ValueType.oneOf(InitialConfig.Type.class);
        var type = section.read("type", types, InitialConfig.DEFAULTS.type());
        double shown = InitialConfig.DEFAULTS.scale();
        double scale = section.read(
                "scale", ValueType.NUMBER, Fallback.of(InitialConfig.of(type).scale(), String.valueOf(shown)));
        return section.build(() -> new InitialConfig(type, scale), InitialConfig.DEFAULTS);
    }
}

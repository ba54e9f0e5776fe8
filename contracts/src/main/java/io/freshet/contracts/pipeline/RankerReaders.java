package io.freshet.contracts.pipeline;

/** Reads what shapes the model. */
final class RankerReaders {
    private RankerReaders() {}

    static RankerConfig ranker(Section section) {
        RankerConfig defaults = RankerConfig.DEFAULTS;
        section.moved("residual-interval", "ranker.block.interval");
        section.moved("auxiliary-loss", "ranker.auxiliary.weight");
        section.moved("down-init", "ranker.init.down");
        section.mapSince("block", "form");
        RankerConfigBuilder ranker = defaults.change()
                .type(section.read("type", ValueType.oneOf(RankerConfig.Type.class), defaults.type()))
                .width(section.read("width", ValueType.INTEGER, defaults.width()))
                .layers(section.read("layers", ValueType.INTEGER, defaults.layers()))
                .heads(section.read("heads", ValueType.INTEGER, defaults.heads()))
                .expansion(section.read("expansion", ValueType.INTEGER, defaults.expansion()))
                .wide(section.read("wide", ValueType.BOOLEAN, defaults.wide()))
                .readout(section.read("readout", ValueType.oneOf(RankerConfig.Readout.class), defaults.readout()))
                .finalNorm(section.read("final-norm", ValueType.BOOLEAN, defaults.finalNorm()))
                .block(block(section.section("block")))
                .tokens(tokens(section.section("tokens")))
                .auxiliary(auxiliary(section.section("auxiliary")))
                .init(init(section.section("init")))
                .moe(moe(section.section("moe")))
                .cross(cross(section.section("cross")))
                .hidden(section.integers("hidden", defaults.hidden()))
                .file(section.path("file"));
        return section.build(ranker::build, defaults);
    }

    private static BlockConfig block(Section section) {
        BlockConfig defaults = BlockConfig.DEFAULTS;
        var form = section.read("form", ValueType.oneOf(BlockConfig.Form.class), defaults.form());
        var norm = section.read("norm", ValueType.oneOf(BlockConfig.Norm.class), defaults.norm());
        var place = section.read(
                "norm-place",
                ValueType.oneOf(BlockConfig.NormPlace.class),
                Fallback.of(
                        BlockConfig.NormPlace.usual(form), "before-mixing; after-mixing where the form is equations"));
        var ffn = section.read("ffn", ValueType.oneOf(BlockConfig.Ffn.class), defaults.ffn());
        boolean mixing = section.read("mixing", ValueType.BOOLEAN, defaults.mixing());
        boolean residual = section.read("residual", ValueType.BOOLEAN, defaults.residual());
        int interval = section.read("interval", ValueType.INTEGER, defaults.interval());
        return section.build(() -> new BlockConfig(form, norm, place, ffn, mixing, residual, interval), defaults);
    }

    private static TokensConfig tokens(Section section) {
        TokensConfig defaults = TokensConfig.DEFAULTS;
        var global = section.read("global", ValueType.oneOf(TokensConfig.Global.class), defaults.global());
        int layers = section.read("layers", ValueType.INTEGER, defaults.layers());
        return section.build(() -> new TokensConfig(global, layers), defaults);
    }

    private static AuxiliaryConfig auxiliary(Section section) {
        AuxiliaryConfig defaults = AuxiliaryConfig.DEFAULTS;
        double weight = section.read("weight", ValueType.NUMBER, defaults.weight());
        var form = section.read("form", ValueType.oneOf(AuxiliaryConfig.Form.class), defaults.form());
        return section.build(() -> new AuxiliaryConfig(weight, form), defaults);
    }

    private static InitConfig init(Section section) {
        InitConfig defaults = InitConfig.DEFAULTS;
        double down = section.read("down", ValueType.NUMBER, defaults.down());
        var reading = section.read("reading", ValueType.oneOf(InitConfig.Reading.class), defaults.reading());
        return section.build(() -> new InitConfig(down, reading), defaults);
    }

    private static MoeConfig moe(Section section) {
        MoeConfig defaults = MoeConfig.DEFAULTS;
        int experts = section.read("experts", ValueType.INTEGER, defaults.experts());
        int active = section.read("active", ValueType.INTEGER, defaults.active());
        double scale = section.read(
                "gate-scale", ValueType.NUMBER, Fallback.of(MoeConfig.usualScale(experts, active), "experts / active"));
        var gate = section.read("gate", ValueType.oneOf(MoeConfig.Gate.class), defaults.gate());
        double balance = section.read("balance-loss", ValueType.NUMBER, defaults.balanceLoss());
        double routerZ = section.read("router-z-loss", ValueType.NUMBER, defaults.routerZLoss());
        double sparsity = section.read("sparsity-loss", ValueType.NUMBER, defaults.sparsityLoss());
        return section.build(() -> new MoeConfig(experts, active, scale, gate, balance, routerZ, sparsity), defaults);
    }

    private static CrossConfig cross(Section section) {
        CrossConfig defaults = CrossConfig.DEFAULTS;
        int layers = section.read("layers", ValueType.INTEGER, defaults.layers());
        int rank = section.read("rank", ValueType.INTEGER, defaults.rank());
        var structure = section.read("structure", ValueType.oneOf(CrossConfig.Structure.class), defaults.structure());
        return section.build(() -> new CrossConfig(layers, rank, structure), defaults);
    }
}

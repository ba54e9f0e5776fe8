package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.AuxiliaryConfig;
import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TokensConfig;

/** Refuses what a pipeline file may ask for but no program does yet. */
final class NotBuilt {
    private NotBuilt() {}

    /** @throws IllegalArgumentException naming the key */
    static void refuse(RankerConfig ranker) {
        BlockConfig built = BlockConfig.DEFAULTS.with(ranker.block().form());
        refuseUnless(ranker.block().equals(built.withInterval(ranker.block().interval())), "block", ranker.block());
        refuseUnless(ranker.tokens().equals(TokensConfig.DEFAULTS), "tokens", ranker.tokens());
        refuseUnless(ranker.readout() == RankerConfig.Readout.MEAN, "readout", ranker.readout());
        refuseUnless(ranker.finalNorm(), "final-norm", ranker.finalNorm());
        refuseUnless(
                ranker.auxiliary().form() == AuxiliaryConfig.Form.OWN_LOGIT,
                "auxiliary.form",
                ranker.auxiliary().form());
        refuseUnless(
                ranker.init().reading() == InitConfig.Reading.DEVIATION,
                "init.reading",
                ranker.init().reading());
        refuseUnless(ranker.moe().equals(MoeConfig.DEFAULTS), "moe", ranker.moe());
    }

    private static void refuseUnless(boolean built, String key, Object value) {
        if (!built) {
            throw new IllegalArgumentException(
                    "ranker.%s is %s, which is not built yet. Remove the key.".formatted(key, value));
        }
    }
}

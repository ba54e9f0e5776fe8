package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.RankerConfig.Type;
import java.util.List;

/**
 * What of a ranker's settings gives its weights their meaning: two rankers of the same weights that compute other
 * scores of them differ here. How weights start and which losses they learn by is not in it.
 */
final class RankerMeaning {
    private RankerMeaning() {}

    /** Lines without number formats that depend on the locale. */
    static List<String> lines(RankerConfig ranker) {
        BlockConfig block = ranker.block();
        MoeConfig moe = ranker.moe();
        return List.of(
                "ranker " + ranker.type() + " " + ranker.heads() + " " + ranker.readout() + " " + ranker.finalNorm(),
                "block " + block.form() + " " + block.norm() + " " + block.normPlace() + " " + block.ffn() + " "
                        + block.mixing() + " " + block.residual() + " " + block.interval(),
                "tokens " + ranker.tokens().global() + " " + ranker.tokens().layers(),
                ranker.auxiliary().weight() > 0
                        ? "auxiliary " + ranker.auxiliary().form()
                        : "no auxiliary",
                moe.isSparse()
                        ? "moe " + moe.experts() + (ranker.type() == Type.RANK_MIXER ? "" : chosen(moe))
                        : "dense",
                "cross " + ranker.cross().layers() + " " + ranker.cross().rank() + " "
                        + ranker.cross().structure());
    }

    /** In RankMixer how many experts should be open is a matter of the loss, and there is no more to say. */
    private static String chosen(MoeConfig moe) {
        return " " + moe.active() + " " + moe.gate() + " " + moe.gateScale();
    }
}

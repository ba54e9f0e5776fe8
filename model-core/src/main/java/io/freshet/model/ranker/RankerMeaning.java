package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
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
                "auxiliary " + ranker.auxiliary().form(),
                "moe " + moe.experts() + " " + moe.active() + " " + moe.gate() + " " + moe.gateScale(),
                "cross " + ranker.cross().layers() + " " + ranker.cross().rank() + " "
                        + ranker.cross().structure());
    }
}

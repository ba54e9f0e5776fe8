package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.RankerConfig;

/** Refuses what a pipeline file may ask for but no program does yet. */
final class NotBuilt {
    private NotBuilt() {}

    /** @throws IllegalArgumentException naming the key */
    static void refuse(RankerConfig ranker) {
        BlockConfig block = ranker.block();
        refuseUnless(block.ffn() != BlockConfig.Ffn.PER_TOKEN_FFN, "block.ffn", block.ffn());
    }

    private static void refuseUnless(boolean built, String key, Object value) {
        if (!built) {
            throw new IllegalArgumentException(
                    "ranker.%s is %s, which is not built yet. Remove the key.".formatted(key, value));
        }
    }
}

package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * The cross layers of DCN V2 (arXiv 2008.13535).
 *
 * @param layers how many
 * @param rank inner width of the low-rank form; 0 for full matrices
 * @param structure how the net stands to the cross layers
 */
public record CrossConfig(int layers, int rank, Structure structure) implements Serializable {
    /** Full matrices and three layers: within the range where the DCN V2 paper saw the gain level off; stacked is its first figure. */
    public static final CrossConfig DEFAULTS = new CrossConfig(3, 0, Structure.STACKED);

    private static final int LAYERS_MAX = 16;
    private static final int RANK_MAX = 8192;

    public CrossConfig {
        new Problems()
                .requireWithin(1, LAYERS_MAX, "layers", layers)
                .requireWithin(0, RANK_MAX, "rank", rank)
                .throwIfAny();
    }

    /** The two structures of the DCN V2 paper. */
    public enum Structure {
        /** The net sees what the cross layers give. */
        STACKED,
        /** The net sees what the cross layers see, and the towers see both results. */
        PARALLEL
    }
}

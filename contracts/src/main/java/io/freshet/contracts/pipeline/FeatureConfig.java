package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * A feature of an impression and the slot it fills.
 *
 * @param table whose rows the ids of this feature name; null for a number
 * @param group features of one group become one token
 * @param length at most so many ids are kept, the last ones of the list
 */
public record FeatureConfig(
        String name, Slot slot, String table, String group, Pooling pooling, int length, Transform transform)
        implements Serializable {
    /** What a feature's value looks like. */
    public enum Slot {
        /** One id. */
        ID,
        /** A set of ids. */
        IDS,
        /** Ids in order, oldest first. */
        SEQUENCE,
        /** A real number. */
        NUMBER
    }

    /** How several rows become one vector. */
    public enum Pooling {
        MEAN,
        SUM
    }

    /** What is done to a number before the ranker sees it. */
    public enum Transform {
        NONE,
        /** sign(x) * ln(1 + |x|). */
        LOG1P
    }
}

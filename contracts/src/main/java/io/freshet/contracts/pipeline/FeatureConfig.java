package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * A feature of an impression and the slot it fills.
 *
 * @param table whose rows the ids of this feature name; null for a number
 * @param group features of one group become one token
 * @param length at most so many ids are kept, the last ones of the list; 1 for an id and for a number
 */
public record FeatureConfig(
        String name, Slot slot, String table, String group, Pooling pooling, int length, Transform transform)
        implements Serializable {
    /** How rows are pooled when the file does not say. */
    public static final Pooling DEFAULT_POOLING = Pooling.MEAN;

    /** How many ids of a set or sequence are kept when the file does not say. */
    public static final int DEFAULT_LENGTH = 50;

    /** What is done to a number when the file does not say. */
    public static final Transform DEFAULT_TRANSFORM = Transform.NONE;

    private static final int LENGTH_MAX = 10_000;

    public FeatureConfig {
        boolean number = slot == Slot.NUMBER;
        Problems problems = new Problems()
                .requireName("name", name)
                .requireName("group", group)
                .requireWithin(1, LENGTH_MAX, "length", length);
        if (number && table != null) {
            problems.add("table", "is '" + table + "', but a number has no rows. Remove it, or change the slot.");
        }
        if (!number && table == null) {
            problems.add("table", "is missing. Name the table whose rows the ids of this feature name.");
        }
        if (length > 1 && (number || slot == Slot.ID)) {
            problems.add("length", "is " + length + ", but only the slots ids and sequence have a length. Remove it.");
        }
        if (!number && transform != Transform.NONE) {
            problems.add("transform", "is given, but only the slot number has a transform. Remove it.");
        }
        problems.throwIfAny();
    }

    /** Whether this feature's values name rows of a table; else it is a number. */
    public boolean hasTable() {
        return table != null;
    }

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

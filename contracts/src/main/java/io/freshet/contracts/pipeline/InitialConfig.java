package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * What the embedding of a row is that nobody has written yet; its bias is 0. A function of seed, table and id, so that
 * trainer and servers agree on it and reading such a row writes nothing.
 *
 * @param scale how far values lie from 0, see {@link Type}; 0 for a type that has no use for it
 */
public record InitialConfig(Type type, double scale) implements Serializable {
    /** What holds when the file does not say. */
    public static final InitialConfig DEFAULTS = of(Type.UNIFORM);

    public InitialConfig {
        new Problems()
                .requireNotNegative("scale", scale)
                .requireUsed(type, "scale", type != Type.ZEROS || scale == 0)
                .throwIfAny();
    }

    /** Values of that type, as its default settings are. */
    public static InitialConfig of(Type type) {
        return new InitialConfig(type, type == Type.ZEROS ? 0 : 0.01);
    }

    /** Uniform in [-range, range). */
    public static InitialConfig uniform(double range) {
        return new InitialConfig(Type.UNIFORM, range);
    }

    /** How values are spread. */
    public enum Type {
        /** Uniform in [-scale, scale). */
        UNIFORM,
        /** Normal of mean 0; the scale is its standard deviation. */
        NORMAL,
        /** All 0: for a ranker that only adds rows up, since rows that are multiplied would never leave 0. */
        ZEROS
    }
}

package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * How the nets of the blocks start. All matrices but the down ones start as Xavier uniform.
 *
 * @param down how small the down matrices start; 1 for no difference, but see {@code reading}
 * @param reading what {@code down} is a factor on
 */
public record InitConfig(double down, Reading reading) implements Serializable {
    /** The paper's table has 0.01 as its best row, and speaks of a standard deviation in its body. */
    public static final InitConfig DEFAULTS = new InitConfig(0.01, Reading.DEVIATION);

    public InitConfig {
        new Problems().requirePositive("down", down).throwIfAny();
    }

    /** The readings of the paper's "0.01". */
    public enum Reading {
        /** On the Xavier standard deviation: its body. */
        DEVIATION,
        /** On the Xavier variance: the formula of its appendix A.7. */
        VARIANCE,
        /** On nothing: it is the standard deviation itself. */
        ABSOLUTE
    }
}

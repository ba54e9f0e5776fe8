package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * How the learning rate of the dense weights goes with the number of updates; rows keep theirs.
 *
 * <p>With e updates behind it and w = warmUp the next one has the optimizer's rate times
 *
 * <pre>
 *   (e + 1) / w                                           while e &lt; w, whatever the type
 *   1                                                     constant
 *   f + (1 - f) (1 + cos(pi min(1, (e - w) / steps))) / 2 cosine (Loshchilov, Hutter 2017), f = finalShare
 *   sqrt(max(1, w) / (e + 1))                             inverse-sqrt (Vaswani et al. 2017)
 * </pre>
 *
 * @param warmUp updates over which the rate rises to its full value; 0 for none
 * @param steps updates that the cosine takes from the full rate to the final one; 0 for the other types
 * @param finalShare of the rate, where the cosine ends and stays; 0 for the other types
 */
public record ScheduleConfig(Type type, int warmUp, int steps, double finalShare) implements Serializable {
    /** What holds when the file does not say: a stream has no end to slow down towards. */
    public static final ScheduleConfig DEFAULTS = new ScheduleConfig(Type.CONSTANT, 0, 0, 0);

    /** Where a cosine ends when the file does not say: not at 0, for the stream goes on. */
    public static final double DEFAULT_FINAL_SHARE = 0.1;

    public ScheduleConfig {
        Problems problems = new Problems()
                .requireWithin(0, Integer.MAX_VALUE, "warm-up", warmUp)
                .requireWithin(0, Integer.MAX_VALUE, "steps", steps)
                .require(finalShare >= 0 && finalShare <= 1, "final", "from 0 to 1", finalShare);
        if (type == Type.COSINE && steps == 0) {
            problems.add("steps", "is missing. Write after how many updates the rate is to be at its final value.");
        }
        if (type != Type.COSINE && steps != 0) {
            problems.add("steps", "is given, but only the type cosine has an end. Remove it, or change the type.");
        }
        if (type != Type.COSINE && finalShare != 0) {
            problems.add("final", "is given, but only the type cosine has an end. Remove it, or change the type.");
        }
        problems.throwIfAny();
    }

    /** The shape after the warm-up. */
    public enum Type {
        CONSTANT,
        COSINE,
        INVERSE_SQRT
    }
}

package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * How features become tokens.
 *
 * @param global what the global token is made of
 * @param layers linear maps of a group's net, with a SiLU between any two; hidden ones are as wide as a token
 */
public record TokensConfig(Global global, int layers) implements Serializable {
    /**
     * What holds when the file does not say. The paper has a global token made of the groups; of the two readings of
     * "the groups" raw features are the one that repositories chose. Depth is not published: two is what they use.
     */
    public static final TokensConfig DEFAULTS = new TokensConfig(Global.FEATURES, 2);

    private static final int LAYERS_MAX = 8;

    public TokensConfig {
        new Problems().requireWithin(1, LAYERS_MAX, "layers", layers).throwIfAny();
    }

    /** What the token that stands for the whole example is made of. */
    public enum Global {
        /** A net over the features of all groups side by side. */
        FEATURES,
        /** A net over the tokens of all groups side by side. */
        TOKENS,
        /** A vector of its own, the same for every example, as [CLS] is. */
        LEARNED,
        /** There is none: as many tokens as groups. */
        NONE
    }
}

package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * The loss on what lower blocks predict, which the paper has but does not write down.
 *
 * @param weight of it, per lower block; 0 for none
 * @param form which logit it is taken of
 */
public record AuxiliaryConfig(double weight, Form form) implements Serializable {
    /** None unless the file says so: its weight is not published. Of the forms the first is what repositories have. */
    public static final AuxiliaryConfig DEFAULTS = new AuxiliaryConfig(0, Form.OWN_LOGIT);

    public AuxiliaryConfig {
        new Problems().requireNotNegative("weight", weight).throwIfAny();
    }

    /** Which logit a lower block is judged by. */
    public enum Form {
        /** Its own. */
        OWN_LOGIT,
        /** Its own added to that of the ranker, so that it learns what the ranker lacks. */
        COMBINED_LOGIT
    }
}

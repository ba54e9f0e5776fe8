package io.freshet.model.ranker;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;
import java.util.List;

/**
 * What lies between the features of an example and its logits. Everything else is the same for all rankers:
 * {@link RankerProgram} reads the features, adds bias of rows and prior, and takes the losses.
 */
interface Ranker {
    /** Adds this ranker to a graph, once. */
    Result apply(Graph graph, FeatureInputs inputs);

    /**
     * What a ranker computes.
     *
     * @param logits [B, own], of the tasks that have their own (see {@link TaskHeads}), without the rows' bias and without
     *     prior: what is scored
     * @param auxiliary logits that are learnt from too, but never scored
     * @param penalties what is added to the loss besides
     */
    record Result(Tensor logits, List<Auxiliary> auxiliary, List<Penalty> penalties) {
        /** Logits and nothing else. */
        static Result of(Tensor logits) {
            return new Result(logits, List.of(), List.of());
        }
    }

    /**
     * Further logits of the same tasks, judged by the same losses.
     *
     * @param logits [B, own]
     * @param weight of their loss
     * @param base what is added to them before they are judged
     */
    record Auxiliary(Tensor logits, double weight, Base base) {}

    /** What auxiliary logits stand on. */
    enum Base {
        /** Nothing: they predict by themselves. */
        NONE,
        /** The rows' bias and the prior, as the scored logits do: they could be scored in their place. */
        BIAS_AND_PRIOR,
        /** The scored logits: they say what those lack. */
        LOGITS
    }

    /**
     * A term of the loss that knows no label.
     *
     * @param value []
     * @param weight of it
     */
    record Penalty(Tensor value, double weight) {}
}

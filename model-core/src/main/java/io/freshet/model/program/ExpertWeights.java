package io.freshet.model.program;

import io.freshet.model.program.Shape.Axis;
import java.util.List;

/**
 * The weights of a mixture of experts with gated nets: R routed experts per position, and one that every row passes.
 *
 * @param gateUp [N, R, W, 2m], gate in the first m columns
 * @param down [N, R, m, W]
 * @param sharedGateUp [N, W, 2m]
 * @param sharedDown [N, m, W]
 */
public record ExpertWeights(Tensor gateUp, Tensor down, Tensor sharedGateUp, Tensor sharedDown) {
    /** All of them, in their order. */
    List<Tensor> all() {
        return List.of(gateUp, down, sharedGateUp, sharedDown);
    }

    /** Throws unless they are experts for rows [N, .., W], with these axes for N and W, and one for each of R logits. */
    void requireFor(Axis positions, Axis width, Axis routed) {
        boolean fitsUp =
                gateUp.shape().rank() == 4 && gateUp.shape().without(3).sameAs(Shape.of(positions, routed, width));
        gateUp.require(fitsUp, "experts need [N, R, W, 2m], with R logits and rows of N and W", down);
        boolean fitsDown = down.shape().rank() == 4
                && down.shape().without(2).sameAs(gateUp.shape().without(3))
                && 2 * down.shape().size(2) == gateUp.shape().size(3);
        gateUp.require(fitsDown, "experts need [N, R, W, 2m] and [N, R, m, W]", down);
        gateUp.require(
                sharedGateUp.shape().sameAs(gateUp.shape().without(1)),
                "a shared expert needs [N, W, 2m] beside [N, R, W, 2m]",
                sharedGateUp);
        down.require(
                sharedDown.shape().sameAs(down.shape().without(1)),
                "a shared expert needs [N, m, W] beside [N, R, m, W]",
                sharedDown);
    }
}

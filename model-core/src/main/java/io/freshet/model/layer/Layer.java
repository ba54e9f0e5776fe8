package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Tensor;

/** From tokens to tokens of the same shape: a norm, or a net. */
@FunctionalInterface
public interface Layer {
    /** Adds the layer with its weights to a graph; {@code x} and the result are [N, B, W], N positions of width W. */
    Tensor apply(Graph graph, Tensor x);
}

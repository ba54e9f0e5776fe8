package io.freshet.model.program;

/**
 * How a row finds its experts in a sparse mixture.
 *
 * @param chosen routed experts of a row: those of the largest logits, of equal ones the first
 * @param scale factor on what they give together, the paper's alpha
 * @param full whether an expert's share is the softmax over all logits; otherwise it is over the chosen ones, and shares
 *     sum to 1
 */
public record Routing(int chosen, double scale, boolean full) {}

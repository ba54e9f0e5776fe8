package io.freshet.model.program;

import java.util.List;

/**
 * How a scripted module is called. Its inputs are the features, then its weights. Its results are the logits, the same
 * logits with their way back attached, then each input as the way back knows it: only gradients are interested in the
 * latter two.
 *
 * @param features names under which the module is given its inputs
 * @param weights names of its parameters, dots between the attributes that lead to them
 * @param tasks how many logits an example has
 */
public record ModuleCall(List<String> features, List<String> weights, int tasks) {}

package io.freshet.model.script;

import java.util.List;

/**
 * The tail of {@code train_step}: how the dense weights follow their gradient once it is complete.
 *
 * <p>Weights, gradient and the rule's own state are one flat vector each, and come as lists from outside: TorchScript
 * drops a fused optimizer whose lists are made inside the script, for it takes the lists, not the tensors in them, for
 * what is changed, and sees nobody read them.
 */
interface UpdateRule {
    /** Arguments of the method that only the rule needs, such as {@code rate: Tensor}, in their order. */
    List<String> arguments();

    /**
     * The lines, without indentation.
     *
     * @param weights variable of a list of one vector, to be changed in place
     * @param gradients variable of a list of one vector of the same length
     */
    List<String> lines(String weights, String gradients);
}

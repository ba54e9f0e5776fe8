package io.freshet.model.script;

import java.util.List;

/**
 * Adagrad: {@code sum += g^2; w -= rate g / (sqrt(sum) + epsilon)}, in one pass.
 *
 * <p>Arguments: {@code accumulators}, a list of one vector; {@code steps}, a list of one number, which matters for a
 * decay of the rate only; {@code learning_rate}.
 */
final class AdagradRule implements UpdateRule {
    /** Keeps a weight with no gradient yet from a division by zero. */
    private static final double EPSILON = 1e-10;

    @Override
    public List<String> arguments() {
        return List.of("accumulators: List[Tensor]", "steps: List[Tensor]", "learning_rate: Tensor");
    }

    @Override
    public List<String> lines(String weights, String gradients) {
        return List.of(
                "rate = float(learning_rate)",
                ("torch._fused_adagrad_(%s, %s, accumulators, steps, lr=rate, lr_decay=0., weight_decay=0., eps=%s,"
                                + " maximize=False)")
                        .formatted(weights, gradients, EPSILON));
    }
}

package io.freshet.store.optimizer;

/** Adds a share of a row's weights to its gradient: {@code g += decay * w}. */
final class WeightDecay implements GradientRule {
    private final float decay;

    WeightDecay(double decay) {
        this.decay = (float) decay;
    }

    @Override
    public void adjust(RowBlock block) {
        float[] weights = block.weights;
        float[] gradients = block.gradients;
        for (int i = 0; i < block.rows * block.width; i++) {
            gradients[i] += decay * weights[i];
        }
    }
}

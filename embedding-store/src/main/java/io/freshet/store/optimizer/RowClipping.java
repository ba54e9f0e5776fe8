package io.freshet.store.optimizer;

/** Scales a row's gradient down to a norm. The norm found is the root of the sum of {@link Squares}. */
final class RowClipping implements GradientRule {
    private final float norm;

    RowClipping(double norm) {
        this.norm = (float) norm;
    }

    @Override
    public void adjust(RowBlock block) {
        float[] gradients = block.gradients;
        for (int row = 0; row < block.rows; row++) {
            int at = row * block.width;
            float found = (float) Math.sqrt(Squares.sum(gradients, at, block.width));
            if (found > norm) {
                float factor = norm / found;
                for (int i = at; i < at + block.width; i++) {
                    gradients[i] *= factor;
                }
            }
        }
    }
}

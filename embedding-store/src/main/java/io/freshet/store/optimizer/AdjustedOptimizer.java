package io.freshet.store.optimizer;

/** An optimizer that sees gradients after a rule has changed them. */
record AdjustedOptimizer(GradientRule rule, RowOptimizer optimizer) implements RowOptimizer {
    @Override
    public int stateFloats() {
        return optimizer.stateFloats();
    }

    @Override
    public void initialise(float[] weights, int weightsAt, float[] state, int stateAt) {
        optimizer.initialise(weights, weightsAt, state, stateAt);
    }

    @Override
    public void step(RowBlock block) {
        rule.adjust(block);
        optimizer.step(block);
    }

    @Override
    public void carry(float[] from, RowShape fromShape, float[] to) {
        optimizer.carry(from, fromShape, to);
    }
}

package io.freshet.benchmarks.step;

/** The measured step at any size, for who asks about memory rather than speed. */
public final class LargeStep implements AutoCloseable {
    private final MeasuredStep step;

    /** Builds the ranker and one batch. */
    public LargeStep(StepShape shape) {
        step = new MeasuredStep(StepPipeline.of(shape, ""), shape.batch());
    }

    /** One training step; its loss. */
    public double run() {
        return step.run();
    }

    /** Dense weights that are learnt by gradient. */
    public int parameters() {
        return step.plan().priorOffset();
    }

    /** A few lines for people. */
    public String describe() {
        return step.plan().describe();
    }

    @Override
    public void close() {
        step.close();
    }
}

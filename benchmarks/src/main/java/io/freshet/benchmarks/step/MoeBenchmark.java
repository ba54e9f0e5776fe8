package io.freshet.benchmarks.step;

import io.freshet.benchmarks.result.ResultLine;
import java.io.PrintWriter;

/**
 * What sparsity saves: the whole training step of a ranker whose nets are cut into experts of which few are active,
 * against that of the same ranker dense, in turns.
 *
 * <p>Keys: {@code sparse_ms} and {@code dense_ms}; {@code active_share}, the experts that an example passes through, the
 * shared one included, over all; {@code over_ideal}, the sparse time over that share of the dense time: 1 would be a
 * sparse step that costs nothing but its products.
 */
final class MoeBenchmark {
    private final StepShape shape;
    private final int rounds;
    private final PrintWriter out;

    MoeBenchmark(StepShape shape, int rounds, PrintWriter out) {
        this.shape = shape;
        this.rounds = rounds;
        this.out = out;
    }

    /**
     * Measures.
     *
     * @param experts per position, the shared one included
     * @param active of them, the shared one included
     */
    ResultLine run(int experts, int active) {
        String moe = "moe: {experts: %d, active: %d}".formatted(experts, active);
        try (MeasuredStep dense = new MeasuredStep(StepPipeline.of(shape, ""), shape.batch());
                MeasuredStep sparse = new MeasuredStep(StepPipeline.of(shape, moe), shape.batch())) {
            out.printf(
                    "%d of %d experts (%d routed, 1 shared), %d threads, %d rounds; dense weights: %,d dense, %,d sparse%n",
                    active,
                    experts,
                    active - 1,
                    shape.threads(),
                    rounds,
                    dense.plan().priorOffset(),
                    sparse.plan().priorOffset());
            out.flush();
            Rounds all = new Rounds().add("dense", (Runnable) dense::run).add("sparse", (Runnable) sparse::run);
            all.run(Math.min(3, rounds), rounds);
            return result(all, (double) active / experts);
        }
    }

    private ResultLine result(Rounds all, double activeShare) {
        for (String name : all.names()) {
            out.printf(
                    "%-7s median %8.2f ms   10 %% %8.2f   90 %% %8.2f%n",
                    name, all.medianMs(name), all.quantileMs(name, 0.1), all.quantileMs(name, 0.9));
        }
        double sparseMs = all.medianMs("sparse");
        double denseMs = all.medianMs("dense");
        return new ResultLine()
                .add("bench", "moe")
                .add("sparse_ms", sparseMs, 4)
                .add("dense_ms", denseMs, 4)
                .add("active_share", activeShare, 4)
                .add("over_ideal", sparseMs / (activeShare * denseMs), 4)
                .add("threads", shape.threads())
                .add("rounds", rounds);
    }
}

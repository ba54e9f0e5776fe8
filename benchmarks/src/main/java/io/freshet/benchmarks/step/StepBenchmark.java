package io.freshet.benchmarks.step;

import io.freshet.benchmarks.result.ResultLine;
import io.freshet.contracts.pipeline.Pipeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How fast the whole training step of a dense TokenMixer-Large is: forward, backward, optimizer, through the step that
 * trainers run.
 *
 * <p>In each round everything runs once: the matrix products alone, our step, and the peer's. Keys: {@code gflops} of
 * the step and {@code bmm_gflops} of the products alone, by the same count of operations; {@code of_bmm}, the one over
 * the other; {@code step_ms}; {@code vs_eager} and {@code vs_compiled}, the peer's time over ours.
 */
final class StepBenchmark {
    /** Two float32 implementations of one model differ by rounding only. */
    private static final double LOSS_TOLERANCE = 1e-4;

    private final StepShape shape;
    private final int rounds;
    private final long restMs;
    private final PrintWriter out;

    /**
     * A benchmark.
     *
     * @param restMs milliseconds of rest before everything that is timed, see {@link Rounds#Rounds(long)}
     */
    StepBenchmark(StepShape shape, int rounds, long restMs, PrintWriter out) {
        this.shape = shape;
        this.rounds = rounds;
        this.restMs = restMs;
        this.out = out;
    }

    /** Where the peer is to be found. */
    record Peer(String python, Path script) {}

    ResultLine run(Optional<Peer> peer) throws IOException {
        Pipeline pipeline = StepPipeline.of(shape, "");
        try (MeasuredStep step = new MeasuredStep(pipeline, shape.batch());
                BmmSet products = new BmmSet(shape)) {
            out.println(step.plan().describe());
            out.printf("%d threads, %d rounds, %.2f GFLOP in the blocks' products%n", shape.threads(), rounds, gflop());
            out.flush();
            Rounds all = new Rounds(restMs).add("bmm", products::run).add("step", (Runnable) step::run);
            if (peer.isEmpty()) {
                return result(all.run(warmUp(), rounds));
            }
            Path folder = Files.createTempDirectory("freshet-peer");
            try {
                PeerFiles.write(folder, shape, step);
                double loss = step.run();
                try (PythonPeer python =
                        new PythonPeer(peer.get().python(), peer.get().script(), folder)) {
                    check(loss, python.loss());
                    all.add("eager", () -> python.runMs("eager")).add("compiled", () -> python.runMs("compiled"));
                    return result(all.run(warmUp(), rounds));
                }
            } finally {
                delete(folder);
            }
        }
    }

    private int warmUp() {
        return Math.min(3, rounds);
    }

    private void check(double ours, double theirs) {
        out.printf("loss on the first batch: %.6f here, %.6f there%n", ours, theirs);
        if (!(Math.abs(ours - theirs) < LOSS_TOLERANCE)) {
            throw new IllegalStateException(("The peer's loss is %.6f, ours %.6f: it computes another model. Bring"
                            + " benchmarks/peer/step.py up to date with the ranker.")
                    .formatted(theirs, ours));
        }
    }

    private ResultLine result(Rounds all) {
        for (String name : all.names()) {
            out.printf(
                    "%-9s median %8.2f ms   10 %% %8.2f   90 %% %8.2f   %7.1f GFLOP/s%n",
                    name,
                    all.medianMs(name),
                    all.quantileMs(name, 0.1),
                    all.quantileMs(name, 0.9),
                    gflop() / all.medianMs(name) * 1e3);
        }
        double stepMs = all.medianMs("step");
        double bmmMs = all.medianMs("bmm");
        ResultLine line = new ResultLine()
                .add("bench", "step")
                .add("gflops", gflop() / stepMs * 1e3, 4)
                .add("bmm_gflops", gflop() / bmmMs * 1e3, 4)
                .add("of_bmm", bmmMs / stepMs, 4)
                .add("step_ms", stepMs, 4)
                .add("bmm_ms", bmmMs, 4);
        for (String kind : List.of("eager", "compiled")) {
            if (all.names().contains(kind)) {
                line.add("vs_" + kind, all.medianMs(kind) / stepMs, 4).add(kind + "_ms", all.medianMs(kind), 4);
            }
        }
        return line.add("threads", shape.threads()).add("rounds", rounds).add("rest_ms", restMs);
    }

    private double gflop() {
        return shape.flops() / 1e9;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}

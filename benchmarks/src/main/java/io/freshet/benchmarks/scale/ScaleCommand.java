package io.freshet.benchmarks.scale;

import io.freshet.benchmarks.process.ResidentMemory;
import io.freshet.benchmarks.result.ResultLine;
import io.freshet.benchmarks.step.LargeStep;
import io.freshet.benchmarks.step.Rounds;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code freshet bench scale}: a TokenMixer-Large of 100 million dense weights takes training steps. Keys: {@code
 * params}; {@code step_ms}, the median; {@code gflops} of the blocks' products; {@code peak_rss_gb} of this process, in
 * 10^9 bytes; {@code loss_first} and {@code loss_last}, on one batch over and over.
 */
@Command(
        name = "scale",
        description = "A ranker of 100 million dense weights takes training steps; how long, and in how much memory.",
        mixinStandardHelpOptions = true)
public final class ScaleCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandSpec spec;

    @Mixin
    private ScaleOptions options;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println(run(options, out));
        out.flush();
        return 0;
    }

    static ResultLine run(ScaleOptions options, PrintWriter out) {
        try (LargeStep step = new LargeStep(options.shape())) {
            out.println(step.describe());
            out.flush();
            double first = step.run();
            double[] last = {first};
            Rounds rounds = new Rounds().add("step", () -> {
                last[0] = step.run();
            });
            rounds.run(1, options.steps());
            double ms = rounds.medianMs("step");
            out.printf(
                    "%d steps of %d examples, loss %.4f to %.4f%n",
                    options.steps() + 2, options.shape().batch(), first, last[0]);
            return new ResultLine()
                    .add("bench", "scale")
                    .add("params", step.parameters())
                    .add("step_ms", ms, 4)
                    .add("gflops", options.shape().flops() / 1e6 / ms, 4)
                    .add("peak_rss_gb", ResidentMemory.peakBytes() / 1e9, 4)
                    .add("batch", options.shape().batch())
                    .add("threads", options.shape().threads())
                    .add("loss_first", first, 5)
                    .add("loss_last", last[0], 5);
        }
    }
}

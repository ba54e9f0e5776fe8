package io.freshet.benchmarks.step;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code freshet bench moe}. */
@Command(
        name = "moe",
        description = "A training step with sparse experts against the same step dense.",
        mixinStandardHelpOptions = true)
public final class MoeCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandSpec spec;

    @Mixin
    private StepOptions options;

    @Option(names = "--experts", defaultValue = "8", description = "E, with the shared one (default ${DEFAULT-VALUE})")
    private int experts;

    @Option(
            names = "--active",
            defaultValue = "4",
            description = "of them, with the shared one (default ${DEFAULT-VALUE})")
    private int active;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println(new MoeBenchmark(options.shape(), options.rounds(), out).run(experts, active));
        out.flush();
        return 0;
    }
}

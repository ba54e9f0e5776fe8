package io.freshet.benchmarks.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code freshet bench soak}. */
@Command(
        name = "soak",
        description = "Memory of the process over many training steps of varying sizes (Linux).",
        mixinStandardHelpOptions = true)
public final class SoakCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandSpec spec;

    @Option(names = "--steps", defaultValue = "20000", description = "training steps (default ${DEFAULT-VALUE})")
    private int steps;

    @Option(names = "--batch", defaultValue = "64", description = "largest batch (default ${DEFAULT-VALUE})")
    private int batch;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.println(new SoakBenchmark(steps, batch, out).run());
        out.flush();
        return 0;
    }
}

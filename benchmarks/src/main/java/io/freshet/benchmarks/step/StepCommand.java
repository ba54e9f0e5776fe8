package io.freshet.benchmarks.step;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code freshet bench step}. */
@Command(
        name = "step",
        description = "A whole training step against its matrix products alone, and against PyTorch.",
        mixinStandardHelpOptions = true)
public final class StepCommand implements Callable<Integer> {
    /** Whom to compare with. */
    enum Peers {
        none,
        python
    }

    @CommandLine.Spec
    private CommandSpec spec;

    @Mixin
    private StepOptions options;

    @Option(
            names = "--peer",
            defaultValue = "none",
            description = "python: the same model in PyTorch, in turns with ours")
    private Peers peer;

    @Option(
            names = "--python",
            defaultValue = "${env:FRESHET_PYTHON:-python3}",
            description = "interpreter with benchmarks/peer/requirements.txt (default: $FRESHET_PYTHON, else python3)")
    private String python;

    @Option(
            names = "--peer-script",
            defaultValue = "${sys:freshet.root:-.}/benchmarks/peer/step.py",
            description = "the peer (default ${DEFAULT-VALUE})")
    private Path script;

    @Option(
            names = "--rest-ms",
            defaultValue = "50",
            description =
                    "rest before everything that is timed, so that threads of the candidate before it no longer spin"
                            + " (default ${DEFAULT-VALUE})")
    private long restMs;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Optional<StepBenchmark.Peer> chosen =
                peer == Peers.python ? Optional.of(new StepBenchmark.Peer(python, script)) : Optional.empty();
        out.println(new StepBenchmark(options.shape(), options.rounds(), restMs, out).run(chosen));
        out.flush();
        return 0;
    }
}

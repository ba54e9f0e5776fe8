package io.freshet.benchmarks;

import io.freshet.benchmarks.kills.KillsCommand;
import io.freshet.benchmarks.planted.AblationCommand;
import io.freshet.benchmarks.rows.CheckpointsCommand;
import io.freshet.benchmarks.rows.RowsCommand;
import io.freshet.benchmarks.scale.ScaleCommand;
import io.freshet.benchmarks.soak.SoakCommand;
import io.freshet.benchmarks.step.ArchiveCommand;
import io.freshet.benchmarks.step.MoeCommand;
import io.freshet.benchmarks.step.StepCommand;
import io.freshet.benchmarks.streams.PrecisionCommand;
import io.freshet.benchmarks.streams.StreamsCommand;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The command line {@code freshet bench NAME}. Every benchmark prints what it does as it goes, and as its last line one
 * JSON object. Without a name it lists the benchmarks.
 */
@Command(
        name = "freshet bench",
        description = "Measures what docs/benchmarks.md claims; the last line printed is one JSON object.",
        subcommands = {
            StepCommand.class,
            ArchiveCommand.class,
            MoeCommand.class,
            AblationCommand.class,
            StreamsCommand.class,
            PrecisionCommand.class,
            ScaleCommand.class,
            SoakCommand.class,
            RowsCommand.class,
            CheckpointsCommand.class,
            KillsCommand.class
        },
        mixinStandardHelpOptions = true)
public final class Bench implements Runnable {
    private static final int WRONG_USE = 2;

    @CommandLine.Spec
    private CommandSpec spec;

    /** Runs a benchmark and ends the process: 0 for success, 1 for a failure, 2 for a wrong command line. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new Bench())
                .setParameterExceptionHandler((wrong, given) -> explain(wrong))
                .execute(args);
    }

    /** Lists the benchmarks by name. */
    @Override
    public void run() {
        String names = spec.subcommands().entrySet().stream()
                .map(entry -> "  %-10s %s".formatted(entry.getKey(), description(entry.getValue())))
                .collect(Collectors.joining("\n"));
        PrintWriter out = spec.commandLine().getOut();
        out.println("Benchmarks (./freshet bench NAME --help tells the options of one):");
        out.println(names);
        out.flush();
    }

    private static String description(CommandLine command) {
        return String.join(" ", command.getCommandSpec().usageMessage().description());
    }

    private static int explain(ParameterException wrong) {
        PrintWriter err = wrong.getCommandLine().getErr();
        err.println("freshet: " + wrong.getMessage());
        err.println("Try: " + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return WRONG_USE;
    }
}

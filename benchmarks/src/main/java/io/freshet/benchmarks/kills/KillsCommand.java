package io.freshet.benchmarks.kills;

import java.io.PrintWriter;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * {@code freshet bench kills}: fails at the first bit that is not what it must be. Keys: {@code kills}; {@code
 * operations}, those that survived to the end; {@code rows} then; {@code rows_compared} over all kills; {@code
 * tombstones} that reached the servers; {@code checkpoints_unsaid}, complete ones of which the victim could not tell any
 * more. With {@code --home flink} there are no {@code tombstones}: versions go nowhere.
 */
@Command(
        name = "kills",
        description =
                "Kills a process that works on rows, again and again, and compares what is restored with a model.",
        mixinStandardHelpOptions = true)
public final class KillsCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandSpec spec;

    @Option(names = "--kills", defaultValue = "200", description = "how many (default ${DEFAULT-VALUE})")
    private int kills;

    @Option(
            names = "--seed",
            description = "of the operations and the moments of the kills (default: another each time)")
    private Long seed;

    @Option(
            names = "--home",
            defaultValue = "own",
            description =
                    "where rows are kept: own, a database without Flink, or flink, a job's state (default ${DEFAULT-VALUE})")
    private String home;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        long chosen = seed == null ? new SplittableRandom().nextLong() : seed;
        try (Home where = home(chosen)) {
            out.println(new KillTest(where, chosen, kills, out).run());
        }
        out.flush();
        return 0;
    }

    private Home home(long chosenSeed) {
        return switch (home) {
            case "own" -> new OwnHome(chosenSeed);
            case "flink" -> new FlinkHome(chosenSeed);
            default ->
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--home is '%s', must be own or flink".formatted(home));
        };
    }
}

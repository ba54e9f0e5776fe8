package io.freshet.quickstart.command;

import io.freshet.contracts.pipeline.PipelineException;
import io.freshet.serving.ServerMain;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The command line: {@code freshet quickstart}, {@code replay}, {@code serve}, {@code describe}, {@code export}. */
@Command(
        name = "freshet",
        description = "Streaming online learning for ranking models.",
        subcommands = {QuickstartCommand.class, ReplayCommand.class, DescribeCommand.class, ExportCommand.class},
        mixinStandardHelpOptions = true,
        version = "freshet 0.1.0")
public final class Freshet implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Freshet.class);
    private static final int WRONG_USE = 2;
    private static final int FAILED = 1;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs a command and ends the process: 0 for success, 1 for a failure, 2 for a wrong command line or pipeline file. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        CommandLine freshet = new CommandLine(new Freshet()).addSubcommand("serve", ServerMain.class);
        freshet.getSubcommands().get("serve").setCommandName("serve"); // By itself it has another name.
        return freshet.setParameterExceptionHandler((wrong, given) -> explain(wrong))
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command))
                .execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Name a command: quickstart, replay, serve, describe or export.");
    }

    private static int explain(ParameterException wrong) {
        PrintWriter err = wrong.getCommandLine().getErr();
        err.println("freshet: " + wrong.getMessage());
        err.println("Try: " + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return WRONG_USE;
    }

    private static int explain(Exception failure, CommandLine command) {
        if (failure instanceof PipelineException || failure instanceof UsageException) {
            command.getErr().println("freshet: " + failure.getMessage());
            return WRONG_USE;
        }
        command.getErr().println("freshet: " + failure.getMessage());
        command.getErr().println("Details: " + Home.log());
        LOG.info("The command failed", failure);
        return FAILED;
    }
}

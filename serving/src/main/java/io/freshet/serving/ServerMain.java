package io.freshet.serving;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineException;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.model.engine.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a server until the process is told to end. */
@Command(
        name = "freshet-server",
        description = "Ranks with the newest version of a pipeline's model, over HTTP.",
        mixinStandardHelpOptions = true)
public final class ServerMain implements Callable<Integer> {
    private static final int DEFAULT_PORT = 8080;

    @Option(
            names = "--pipeline",
            required = true,
            paramLabel = "FILE",
            description = "The pipeline file that the trainer runs.")
    private Path pipelineFile;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on, 0 for any (default: ${DEFAULT-VALUE}).")
    private int port = DEFAULT_PORT;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka, instead of what the pipeline file says.")
    private String bootstrapServers;

    private ServerMain() {}

    /** Exit code 2: the command line is wrong; 1: the pipeline file is, or the server could not start. */
    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new ServerMain());
        command.setExecutionExceptionHandler((problem, line, parsed) -> {
            if (problem instanceof PipelineException) {
                line.getErr().println(problem.getMessage());
            } else if (problem instanceof IOException) {
                line.getErr().println("The pipeline file cannot be read: " + problem);
            } else {
                throw problem;
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        System.exit(command.execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Pipeline pipeline = PipelineFile.load(pipelineFile);
        Engines.useThreads(1); // Requests are scored side by side, each by one thread.
        ServerConfig config = ServerConfig.of(pipeline, port);
        RankingServer server =
                new RankingServer(bootstrapServers == null ? config : config.withBootstrapServers(bootstrapServers));
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            stopped.countDown();
                        },
                        "freshet-shutdown"));
        server.start();
        stopped.await();
        return CommandLine.ExitCode.OK;
    }
}

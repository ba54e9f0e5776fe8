package io.freshet.serving;

import io.freshet.contracts.pipeline.KafkaConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineException;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.model.engine.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Spec
    private CommandSpec spec;

    private ServerMain() {}

    /** Exit code 2: the command line or the pipeline file is wrong; 1: the server could not start. */
    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new ServerMain());
        command.setExecutionExceptionHandler((problem, line, parsed) -> {
            if (problem instanceof PipelineException) {
                line.getErr().println(problem.getMessage());
                return CommandLine.ExitCode.USAGE;
            }
            throw problem;
        });
        System.exit(command.execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ServerConfig config = config();
        Engines.useThreads(1); // Requests are scored side by side, each by one thread.
        RankingServer server = new RankingServer(config);
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

    /** @throws ParameterException if the command line is wrong */
    private ServerConfig config() throws IOException {
        if (!Files.isReadable(pipelineFile) || Files.isDirectory(pipelineFile)) {
            throw new ParameterException(
                    spec.commandLine(), "cannot read --pipeline %s: no such file".formatted(pipelineFile));
        }
        Pipeline pipeline = PipelineFile.load(pipelineFile);
        try {
            ServerConfig config = ServerConfig.of(pipeline, port);
            return bootstrapServers == null ? config : config.withBootstrapServers(checked(bootstrapServers));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage());
        }
    }

    private static String checked(String servers) {
        try {
            return new KafkaConfig(servers, Map.of()).bootstrapServers();
        } catch (PipelineException wrong) {
            throw new IllegalArgumentException(
                    "--bootstrap-servers " + wrong.problems().get(0).message(), wrong);
        }
    }
}

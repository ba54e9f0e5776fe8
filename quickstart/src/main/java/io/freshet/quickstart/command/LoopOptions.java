package io.freshet.quickstart.command;

import io.freshet.contracts.pipeline.KafkaConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineException;
import io.freshet.contracts.pipeline.PublishConfig;
import io.freshet.quickstart.replay.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What quickstart and replay have in common on the command line. */
final class LoopOptions {
    private static final int PORT_MAX = 65535;
    /** A subtask without a key group would have nothing to do, and Flink refuses it. */
    private static final int PARALLELISM_MAX = 128;

    @Option(
            names = "--speed",
            paramLabel = "SPEED",
            converter = SpeedConverter.class,
            defaultValue = "2000/s",
            description =
                    "N/s (impressions a second), Nx (N times as fast as recorded), or max. Default: ${DEFAULT-VALUE}.")
    Pace pace;

    @Option(
            names = "--exit-when-done",
            description = "End when all events are learnt and served, instead of staying up until Ctrl-C.")
    boolean exitWhenDone;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the report as JSON.")
    Path report;

    @Option(
            names = "--publish-every",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "Time between two versions, such as 1s; in place of the pipeline's publish.every.")
    Duration publishEvery;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port of the server; another is taken if it is in use. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--dashboard-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            description = "Port of Flink's dashboard; another is taken if it is in use. Default: ${DEFAULT-VALUE}.")
    int dashboardPort;

    @Option(
            names = "--prometheus-port",
            paramLabel = "PORT",
            description = "Let Prometheus scrape Flink's metrics here. Default: nowhere.")
    Integer prometheusPort;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "1",
            description = "Subtasks of join and rows. Default: ${DEFAULT-VALUE}.")
    int parallelism;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of everything random in the traffic. Default: ${DEFAULT-VALUE}.")
    long seed;

    /** What is wrong with these options, a line each; found before anything starts. The list may be added to. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        requireWithin(0, PORT_MAX, "--port", port, problems);
        requireWithin(0, PORT_MAX, "--dashboard-port", dashboardPort, problems);
        requireWithin(0, PORT_MAX, "--prometheus-port", prometheusPort == null ? 0 : prometheusPort, problems);
        requireWithin(1, PARALLELISM_MAX, "--parallelism", parallelism, problems);
        try {
            publish(PublishConfig.DEFAULTS);
        } catch (PipelineException wrong) {
            wrong.problems().forEach(problem -> problems.add("--publish-every " + problem.message()));
        }
        if (report != null) {
            PipelineFiles.unwritable(report).ifPresent(problems::add);
        }
        return problems;
    }

    private static void requireWithin(int least, int most, String option, int value, List<String> problems) {
        if (value < least || value > most) {
            problems.add("%s is %d, but must be from %d to %d".formatted(option, value, least, most));
        }
    }

    private PublishConfig publish(PublishConfig file) {
        return new PublishConfig(
                publishEvery == null ? file.every() : publishEvery, file.precision(), file.rowPartitions());
    }

    /** The pipeline with these options in place of what its file says, at the broker of this process. */
    Pipeline apply(Pipeline file, String bootstrapServers) {
        return new Pipeline(
                file.name(),
                file.impressions(),
                file.actions(),
                file.tables(),
                file.features(),
                file.tasks(),
                file.join(),
                file.ranker(),
                file.training(),
                publish(file.publish()),
                file.restore(),
                new KafkaConfig(bootstrapServers, Map.of()));
    }

    static final class SpeedConverter implements CommandLine.ITypeConverter<Pace> {
        @Override
        public Pace convert(String value) {
            try {
                return Pace.parse(value);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }

    static final class TimeConverter implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return Duration.parse("PT" + value);
            } catch (DateTimeParseException e) {
                throw new CommandLine.TypeConversionException("'" + value + "' is no time such as 1s, 0.5s or 2m");
            }
        }
    }
}

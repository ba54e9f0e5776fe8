package io.freshet.quickstart.command;

import io.freshet.contracts.pipeline.KafkaConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PublishConfig;
import io.freshet.quickstart.replay.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What quickstart and replay have in common on the command line. */
final class LoopOptions {
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

    /** The pipeline with these options in place of what its file says, at the broker of this process. */
    Pipeline apply(Pipeline file, String bootstrapServers) {
        PublishConfig publish = new PublishConfig(
                publishEvery == null ? file.publish().every() : publishEvery,
                file.publish().precision(),
                file.publish().rowPartitions());
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
                publish,
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

package io.freshet.quickstart.command;

import io.freshet.contracts.update.proto.VersionId;
import io.freshet.flink.metric.MetricNames;
import io.freshet.quickstart.cluster.JobMetrics;
import io.freshet.quickstart.display.Progress;
import io.freshet.quickstart.replay.ScoringClient;
import io.freshet.quickstart.report.Report;
import io.freshet.quickstart.report.ServedScores;
import io.freshet.serving.replica.ServerStatistics;
import java.util.OptionalDouble;

/** Reads what a running loop, and the client that asks it, have to tell. Safe from any thread. */
final class Measurements {
    private final Loop loop;
    private final ScoringClient client;
    private final ServedScores served;
    private final String headlineTask;

    Measurements(Loop loop, ScoringClient client, ServedScores served) {
        this.loop = loop;
        this.client = client;
        this.served = served;
        this.headlineTask = loop.pipeline().tasks().get(0).name();
    }

    /** Events that were sent and are neither learnt from nor waiting for the rest of their window. */
    long backlog(long sent) {
        long read = metrics().count(MetricNames.IMPRESSIONS) + metrics().count(MetricNames.ACTIONS);
        return sent - read + metrics().count(MetricNames.EXAMPLES) - settledExamples();
    }

    /** Whether the server's live version is the last one that was published. */
    boolean servesTheLastVersion() {
        return loop.server().statistics().live().map(VersionId::getSequence).orElse(0L) == published();
    }

    Progress progress() {
        ServerStatistics server = loop.server().statistics();
        return new Progress(
                metrics().count(MetricNames.IMPRESSIONS),
                metrics().count(MetricNames.ACTIONS),
                trained(),
                finite(metrics().gauge("task." + headlineTask + ".windowAuc")),
                server.live().map(VersionId::getSequence).orElse(0L),
                server.live().isPresent() ? OptionalDouble.of(server.liveAgeMs() / 1e3) : OptionalDouble.empty(),
                client.total(),
                client.failed());
    }

    Report report(double wallSeconds) {
        ServerStatistics server = loop.server().statistics();
        return new Report(
                new Report.Events(
                        metrics().count(MetricNames.IMPRESSIONS), metrics().count(MetricNames.ACTIONS)),
                new Report.Join(
                        metrics().count(MetricNames.EXAMPLES),
                        metrics().count(MetricNames.POSITIVES),
                        metrics().counts("dropped.")),
                new Report.Train(
                        trained(), metrics().count("steps"), loop.predictions().examplesPerSecond()),
                loop.predictions().quality(),
                served.quality(),
                new Report.Versions(published(), server.versionsServed()),
                new Report.Staleness(
                        finite(server.eventToServed().p50Ms()),
                        finite(server.eventToServed().p99Ms())),
                new Report.Requests(client.total(), client.failed()),
                wallSeconds);
    }

    /** From the log: the trainer's gauge moves in strides, too coarse to steer the replay by. */
    private long trained() {
        return loop.predictions().examples();
    }

    /** Learnt, or set aside between join and trainer. */
    private long settledExamples() {
        return trained() + metrics().count("dropped.example_malformed");
    }

    private long published() {
        return metrics().count("publishedVersions");
    }

    private JobMetrics metrics() {
        return loop.cluster().metrics();
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}

package io.freshet.quickstart.command;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.quickstart.display.ProgressDisplay;
import io.freshet.quickstart.replay.ReplayTarget;
import io.freshet.quickstart.replay.Replayer;
import io.freshet.quickstart.replay.ScoreRequests;
import io.freshet.quickstart.replay.ScoringClient;
import io.freshet.quickstart.replay.Traffic;
import io.freshet.quickstart.report.Report;
import io.freshet.quickstart.report.ReportWriter;
import io.freshet.quickstart.report.ServedScores;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/** One run of the loop, from its start to its report and its end. */
final class LoopRun {
    private static final Duration JOB_UP_WITHIN = Duration.ofMinutes(2);
    /** Of the few events that may still wait when the replay is over. */
    private static final Duration LEARNT_WITHIN = Duration.ofMinutes(10);

    private static final Duration SERVED_WITHIN = Duration.ofMinutes(1);
    private final LoopOptions options;
    private final PrintStream out;
    private final Interruption interruption = new Interruption();

    LoopRun(LoopOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Starts everything, replays the traffic, reports, and stops everything: as soon as all is learnt and served, or when
     * the user says so.
     *
     * @throws IllegalStateException when a part fails
     */
    void run(Pipeline file, Traffic traffic) throws IOException, InterruptedException {
        Path directory = Home.newRun();
        interruption.install();
        try {
            out.println("Starting Kafka, Flink and the server; the log is " + Home.log());
            try (Traffic open = traffic;
                    Loop loop = Loop.start(file, options, directory)) {
                run(loop, open);
            }
        } finally {
            Home.delete(directory);
            interruption.finished();
        }
    }

    private void run(Loop loop, Traffic traffic) throws IOException, InterruptedException {
        out.println("  Flink dashboard  " + loop.cluster().dashboard());
        out.println("  Server           " + loop.serverAddress() + " (POST /v1/score, GET /v1/versions, GET /metrics)");
        await("the job to run", JOB_UP_WITHIN, loop, () -> loop.job().isRunning());

        TaskConfig task = loop.pipeline().tasks().get(0);
        ServedScores served = new ServedScores(task);
        ScoreRequests requests = new ScoreRequests(loop.pipeline(), options.seed, served);
        try (ScoringClient client = new ScoringClient(loop.serverAddress(), requests, task.name())) {
            Measurements measurements = new Measurements(loop, client, served);
            Replayer replayer = new Replayer(
                    new ReplayTarget(
                            loop.pipeline().kafka().bootstrapServers(),
                            loop.pipeline().impressions().topic(),
                            loop.pipeline().actions().topic()),
                    measurements::backlog,
                    requests::witness);
            long startNanos = System.nanoTime();
            try (ProgressDisplay display =
                    new ProgressDisplay(out, Boolean.getBoolean("freshet.terminal"), measurements::progress)) {
                display.start();
                replay(loop, traffic, replayer, client);
                settle(loop, measurements, replayer, client);
            }
            if (!interruption.isRequested()) {
                report(measurements.report((System.nanoTime() - startNanos) / 1e9));
                stayUp(loop, measurements);
            }
        }
    }

    private void replay(Loop loop, Traffic traffic, Replayer replayer, ScoringClient client)
            throws InterruptedException {
        CompletableFuture<Void> replay = CompletableFuture.runAsync(() -> replayer.run(traffic, options.pace));
        boolean asking = false;
        while (!replay.isDone()) {
            if (!asking && loop.server().statistics().live().isPresent()) {
                client.start();
                asking = true;
            }
            if (interruption.await(Duration.ofMillis(50)) || !loop.job().isUnderWay()) {
                replayer.stop();
            }
        }
        failIfEnded(loop);
        try {
            replay.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        if (!asking && !interruption.isRequested()) {
            await(
                    "the first version to be served",
                    SERVED_WITHIN,
                    loop,
                    () -> loop.server().statistics().live().isPresent());
            client.start();
        }
    }

    /** Until everything that can be learnt is learnt and, when the run is to end, served. */
    private void settle(Loop loop, Measurements measurements, Replayer replayer, ScoringClient client)
            throws InterruptedException {
        if (interruption.isRequested()) {
            return;
        }
        // Before the drain, which reads nothing more.
        await("all events to be learnt", LEARNT_WITHIN, loop, () -> measurements.backlog(replayer.sent()) <= 0);
        if (!options.exitWhenDone || interruption.isRequested()) {
            return;
        }
        drain(loop);
        await("the server to have the last version", SERVED_WITHIN, null, measurements::servesTheLastVersion);
        if (!client.canAsk()) {
            return;
        }
        long asked = client.total();
        // The second answer from now on was certainly scored by that version.
        await("the server to answer with the last version", SERVED_WITHIN, null, () -> client.total() >= asked + 2);
    }

    private void drain(Loop loop) throws InterruptedException {
        try {
            loop.job().drain();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The job failed while it was drained: " + rootMessage(e), e);
        }
    }

    private void report(Report report) throws IOException {
        out.println();
        out.print(ReportWriter.table(report));
        if (options.report != null) {
            ReportWriter.write(report, options.report);
            out.println("Report written to " + options.report);
        }
        out.flush();
    }

    private void stayUp(Loop loop, Measurements measurements) throws InterruptedException {
        if (options.exitWhenDone) {
            return;
        }
        out.println();
        out.println("All events are learnt. Dashboard and server stay up; Ctrl-C ends.");
        while (!interruption.await(Duration.ofSeconds(1))) {
            failIfEnded(loop);
        }
        out.println("Stopping after " + measurements.progress().requests() + " requests");
    }

    /** @param loop whose job must not end meanwhile; null when it has */
    private void await(String what, Duration atMost, Loop loop, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (loop != null) {
                failIfEnded(loop);
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Waited %d s for %s in vain".formatted(atMost.toSeconds(), what));
            }
            if (interruption.await(Duration.ofMillis(50))) {
                return;
            }
        }
    }

    private static void failIfEnded(Loop loop) {
        if (!loop.job().isUnderWay()) {
            Throwable cause = loop.job().failure().orElse(null);
            throw new IllegalStateException(
                    cause == null ? "The job has ended before its time" : "The job failed: " + rootMessage(cause),
                    cause);
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }
}

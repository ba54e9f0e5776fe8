package io.freshet.quickstart.display;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the progress of a run: one line that changes in a terminal, a new line every few seconds anywhere else.
 *
 * <p>Has a thread of its own from {@link #start} to {@link #close}.
 */
public final class ProgressDisplay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressDisplay.class);
    private static final Duration IN_TERMINAL = Duration.ofMillis(500);
    private static final Duration ELSEWHERE = Duration.ofSeconds(5);
    /** Back to the start of the line, clear it, and cut off what does not fit instead of wrapping. */
    private static final String OVERWRITE = "\r\u001b[2K\u001b[?7l";

    private static final String WRAP_AGAIN = "\u001b[?7h";

    private final PrintStream out;
    private final boolean terminal;
    private final Supplier<Progress> progress;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread named = new Thread(task, "progress");
        named.setDaemon(true);
        return named;
    });
    private long lastTrained;
    private long lastNanos = System.nanoTime();
    private double examplesPerSecond;

    /** @param terminal whether {@code out} understands control sequences */
    public ProgressDisplay(PrintStream out, boolean terminal, Supplier<Progress> progress) {
        this.out = out;
        this.terminal = terminal;
        this.progress = progress;
    }

    /** From now on shows the progress again and again. */
    public void start() {
        Duration every = terminal ? IN_TERMINAL : ELSEWHERE;
        thread.scheduleAtFixedRate(this::show, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Shows the progress a last time and leaves the line standing. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(ELSEWHERE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        show();
        if (terminal) {
            out.println();
        }
    }

    private synchronized void show() {
        try {
            Progress now = progress.get();
            long nanos = System.nanoTime();
            if (nanos - lastNanos > TimeUnit.SECONDS.toNanos(1)) {
                examplesPerSecond = Math.max(0, now.trained() - lastTrained) * 1e9 / (nanos - lastNanos);
                lastTrained = now.trained();
                lastNanos = nanos;
            }
            String line = ProgressLine.of(now, examplesPerSecond);
            out.print(terminal ? OVERWRITE + line + WRAP_AGAIN : line + System.lineSeparator());
            out.flush();
        } catch (RuntimeException e) {
            LOG.warn("Could not show the progress; trying again", e); // Not worth ending the run for.
        }
    }
}

package io.freshet.serving.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that score, and a queue of requests before them that has an end. */
final class ScoringThreads implements AutoCloseable {
    private static final long CLOSE_WITHIN_S = 10;

    private final ThreadPoolExecutor threads;

    ScoringThreads(int count, int queue) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), task -> {
            Thread thread = new Thread(task, "freshet-score-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs tasks, or throws RejectedExecutionException when too many wait. */
    Executor executor() {
        return threads;
    }

    int waiting() {
        return threads.getQueue().size();
    }

    /** Lets what has begun end. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_WITHIN_S, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

package io.freshet.quickstart.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The user's wish to stop (Ctrl-C), and the process's patience until everything is stopped. */
final class Interruption {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);

    /** From now on the end of the process is a request, and waits until {@link #finished()}. */
    void install() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            requested.countDown();
                            try {
                                finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "freshet-interruption"));
    }

    boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Waits so long for a request; true when there is one. */
    boolean await(Duration atMost) throws InterruptedException {
        return requested.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Everything is stopped: the process may end. */
    void finished() {
        finished.countDown();
    }
}

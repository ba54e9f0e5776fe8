package io.freshet.serving;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.Assertions;

/** Waits for something to become true. */
public final class Await {
    private static final Duration DEADLINE = Duration.ofSeconds(90);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private Await() {}

    /** Fails when it has not after a minute and a half, which only a broken system needs. */
    public static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                Assertions.fail("Not within %s: %s", DEADLINE, what);
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }
}

package io.freshet.flink.job;

import io.freshet.flink.join.JoinedExample;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.FilterFunction;

/** Keeps examples of a span of event time from jobs, as if their topic had forgotten them; all of this JVM's jobs alike. */
final class Forgetting implements FilterFunction<JoinedExample> {
    private static final long serialVersionUID = 1L;
    private static final AtomicLong FROM_MS = new AtomicLong();
    private static final AtomicLong TO_MS = new AtomicLong();

    /** Forgets examples of [fromMs, toMs) from now on, and no others. */
    static void forget(long fromMs, long toMs) {
        FROM_MS.set(fromMs);
        TO_MS.set(toMs);
    }

    @Override
    public boolean filter(JoinedExample example) {
        return example.timeMs() < FROM_MS.get() || example.timeMs() >= TO_MS.get();
    }
}

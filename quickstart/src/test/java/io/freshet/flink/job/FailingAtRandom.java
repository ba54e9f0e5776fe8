package io.freshet.flink.job;

import io.freshet.flink.join.JoinedExample;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.MapFunction;

/** Passes examples on and fails, once each, when chosen numbers of them have come by, replayed ones included. */
final class FailingAtRandom implements MapFunction<JoinedExample, JoinedExample> {
    private static final long serialVersionUID = 1L;
    private static final AtomicLong SEEN = new AtomicLong();
    private static final ConcurrentSkipListSet<Long> FAIL_AT = new ConcurrentSkipListSet<>();

    /** Plans failures among the next {@code examples}; static, as what is planned must outlive the task that fails. */
    static FailingAtRandom plan(int failures, int examples, Random random) {
        SEEN.set(0);
        FAIL_AT.clear();
        while (FAIL_AT.size() < failures) {
            FAIL_AT.add((long) random.nextInt(examples));
        }
        return new FailingAtRandom();
    }

    static int failuresLeft() {
        return FAIL_AT.size();
    }

    @Override
    public JoinedExample map(JoinedExample example) {
        long number = SEEN.getAndIncrement();
        if (FAIL_AT.remove(number)) {
            throw new IllegalStateException("Injected failure at example " + number);
        }
        return example;
    }
}

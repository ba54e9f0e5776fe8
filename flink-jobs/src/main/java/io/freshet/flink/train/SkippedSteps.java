package io.freshet.flink.train;

import io.freshet.model.step.Fault;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log of skipped steps and why, but not more often than somebody can read. One thread. */
final class SkippedSteps {
    private static final Logger LOG = LoggerFactory.getLogger(SkippedSteps.class);
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private long untoldSteps;
    private long untoldExamples;
    private long toldAtNanos;
    private boolean toldAny;

    void skipped(Fault fault, int examples) {
        untoldSteps++;
        untoldExamples += examples;
        long now = System.nanoTime();
        if (toldAny && now - toldAtNanos < EVERY_NANOS) {
            return;
        }
        LOG.warn(
                "Skipped {} steps with {} examples, since something was no finite number. In the last one {}: {} Nothing "
                        + "was learnt from them. If this goes on: bound the numbers, lower the learning rate, or set "
                        + "training.clip-norm; a row that is not finite itself stays so until it is removed.",
                untoldSteps,
                untoldExamples,
                fault.place(),
                fault.detail());
        untoldSteps = 0;
        untoldExamples = 0;
        toldAtNanos = now;
        toldAny = true;
    }
}

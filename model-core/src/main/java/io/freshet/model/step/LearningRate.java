package io.freshet.model.step;

import io.freshet.contracts.pipeline.ScheduleConfig;

/** The learning rate of each update; {@link ScheduleConfig} has the formulas. */
final class LearningRate {
    private final double base;
    private final ScheduleConfig schedule;

    LearningRate(double base, ScheduleConfig schedule) {
        this.base = base;
        this.schedule = schedule;
    }

    /** Rate of the update that has {@code updates} behind it. */
    double after(long updates) {
        return base * share(updates);
    }

    private double share(long updates) {
        int warmUp = schedule.warmUp();
        if (updates < warmUp) {
            return (updates + 1.0) / warmUp;
        }
        return switch (schedule.type()) {
            case CONSTANT -> 1;
            case COSINE -> {
                double gone = Math.min(1, (updates - warmUp) / (double) schedule.steps());
                double end = schedule.finalShare();
                yield end + (1 - end) * (1 + Math.cos(Math.PI * gone)) / 2;
            }
            case INVERSE_SQRT -> Math.sqrt(Math.max(1, warmUp) / (updates + 1.0));
        };
    }
}

package io.freshet.flink.deadletter;

import java.util.Arrays;

/**
 * Why an event did not become, or did not label, an example. Each reason is counted as {@code dropped.<key>}; all but
 * the two expected ones are also set aside on the dead-letter topic.
 */
public enum Reason {
    IMPRESSION_MALFORMED("impression_malformed", true),
    IMPRESSION_FROM_FUTURE("impression_from_future", true),
    IMPRESSION_DUPLICATE("impression_duplicate", true),
    IMPRESSION_LATE("impression_late", true),
    /** An impression without any positive label that {@code join.negative-sample-rate} left out. */
    NEGATIVE_SAMPLED_OUT("negative_sampled_out", false),
    ACTION_MALFORMED("action_malformed", true),
    ACTION_FROM_FUTURE("action_from_future", true),
    /** The action is no task's; topics often carry more than the pipeline predicts. */
    ACTION_OF_NO_TASK("action_of_no_task", false),
    ACTION_DUPLICATE("action_duplicate", true),
    ACTION_BEFORE_IMPRESSION("action_before_impression", true),
    ACTION_AFTER_WINDOW("action_after_window", true),
    ACTION_LATE("action_late", true),
    ACTION_WITHOUT_IMPRESSION("action_without_impression", true),
    EXAMPLE_MALFORMED("example_malformed", true);

    private final String key;
    private final boolean setAside;

    Reason(String key, boolean setAside) {
        this.key = key;
        this.setAside = setAside;
    }

    /** The name in counters, reports and dead letters. */
    public String key() {
        return key;
    }

    /** Whether events dropped for this reason go to the dead-letter topic. */
    public boolean setAside() {
        return setAside;
    }

    /** The reason of a name. */
    public static Reason of(String key) {
        return Arrays.stream(values())
                .filter(reason -> reason.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No reason is called '" + key + "'; there are "
                        + Arrays.stream(values()).map(Reason::key).toList() + "."));
    }
}

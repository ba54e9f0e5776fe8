package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * Something to predict: whether an action follows an impression in time.
 *
 * @param window attribution window; an action later than this after its impression is not its label
 */
public record TaskConfig(String name, String action, Duration window) implements Serializable {
    public TaskConfig {
        new Problems()
                .requireName("name", name)
                .requireName("action", action)
                .requireAtLeast(Duration.ofMillis(1), "window", window)
                .throwIfAny();
    }
}

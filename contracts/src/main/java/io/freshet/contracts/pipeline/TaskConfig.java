package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * Something to predict.
 *
 * @param action that gives the task its label; null for a product, whose label follows from other tasks
 * @param window attribution window; an action later than this after its impression is not its label; null for a product
 * @param given a binary task without whose positive label an example teaches this one nothing; null for none
 * @param of the last of the tasks whose probabilities a product multiplies: it, what it is given, and so on; else null
 * @param weight of the task's loss in the sum over tasks
 * @param loss of a regression
 * @param huberDelta errors beyond this count linearly; 0 for any other loss
 */
public record TaskConfig(
        String name,
        String action,
        Duration window,
        Type type,
        String given,
        String of,
        double weight,
        Loss loss,
        double huberDelta)
        implements Serializable {
    /** Where a Huber loss becomes linear when the file does not say, as in PyTorch. */
    public static final double DEFAULT_HUBER_DELTA = 1;

    public TaskConfig {
        Problems problems = new Problems().requireName("name", name).requireNotNegative("weight", weight);
        if (type == Type.PRODUCT) {
            requireAbsent(problems, "action", action);
            requireAbsent(problems, "window", window);
            requireAbsent(problems, "given", given);
            if (of == null) {
                problems.add("of", "is missing. Name the task that is multiplied by what it is given, such as buy.");
            }
        } else {
            problems.requireName("action", action);
            if (window == null) {
                problems.add("window", "is missing. Write a whole number and a unit, such as 1h.");
            } else {
                problems.requireAtLeast(Duration.ofMillis(1), "window", window);
            }
            if (of != null) {
                problems.add("of", "is '" + of + "', but only the type product has it. Remove it, or change the type.");
            }
        }
        if (loss != Loss.SQUARED && type != Type.REGRESSION) {
            problems.add("loss", "is given, but only the type regression has a choice. Remove it.");
        }
        if (loss == Loss.HUBER) {
            problems.requirePositive("huber-delta", huberDelta);
        } else if (huberDelta != 0) {
            problems.add("huber-delta", "is given, but only the loss huber has it. Remove it, or change the loss.");
        }
        problems.throwIfAny();
    }

    private static void requireAbsent(Problems problems, String key, Object value) {
        if (value != null) {
            problems.add(key, "is given, but a product follows from the tasks that it multiplies. Remove it.");
        }
    }

    /** A task that asks whether an action follows within a window. */
    public static TaskConfig binary(String name, String action, Duration window) {
        return new TaskConfig(name, action, window, Type.BINARY, null, null, 1, Loss.SQUARED, 0);
    }

    /** Whether its label comes from actions. */
    public boolean isLabelled() {
        return type != Type.PRODUCT;
    }

    /** What is predicted. */
    public enum Type {
        /** Whether the action follows: a probability. */
        BINARY,
        /** Whether all of several actions follow: the product of their tasks' probabilities, learnt over all examples. */
        PRODUCT,
        /** The value of the action, learnt where it follows. */
        REGRESSION
    }

    /** How a regression's error counts. */
    public enum Loss {
        /** Its square. */
        SQUARED,
        /** Half its square, and linear beyond a limit. */
        HUBER
    }
}

package io.freshet.contracts.pipeline;

import java.io.Serializable;

/**
 * One thing that is wrong in a pipeline file.
 *
 * @param key where: a path such as {@code features[3].table}; empty for the file as a whole
 * @param message which value is wrong, and what to write instead
 */
public record Problem(String key, String message) implements Serializable {
    @Override
    public String toString() {
        return key.isEmpty() ? message : key + ": " + message;
    }

    /** The same problem, seen from a section that holds this key below {@code path}. */
    Problem below(String path) {
        if (path.isEmpty()) {
            return this;
        }
        if (key.isEmpty()) {
            return new Problem(path, message);
        }
        return new Problem(key.startsWith("[") ? path + key : path + "." + key, message);
    }

    /** Whether the two speak of one spot, or one of a part of the other's. */
    boolean overlaps(Problem other) {
        return isWithin(other.key) || other.isWithin(key);
    }

    private boolean isWithin(String path) {
        return path.equals(key) || key.startsWith(path + ".") || key.startsWith(path + "[");
    }
}

package io.freshet.store.table;

import java.util.Arrays;

/**
 * A whole row, for whoever looks at single rows: tests, and tools that compare a checkpoint with a replica.
 *
 * @param lastUpdateMs newest event time of the gradients applied, milliseconds since the epoch; 0 before the first
 * @param touches gradients applied so far
 * @param weights [width]
 * @param optimizerState [stateFloats]
 */
public record StoredRow(long lastUpdateMs, long touches, float[] weights, float[] optimizerState) {
    /** A row of {@code width} weights, the rest of the floats being its state; touches are unsigned. */
    static StoredRow of(long lastUpdateMs, int touches, float[] floats, int width) {
        return new StoredRow(
                lastUpdateMs,
                Integer.toUnsignedLong(touches),
                Arrays.copyOf(floats, width),
                Arrays.copyOfRange(floats, width, floats.length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredRow that
                && lastUpdateMs == that.lastUpdateMs
                && touches == that.touches
                && Arrays.equals(weights, that.weights)
                && Arrays.equals(optimizerState, that.optimizerState);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(
                new Object[] {lastUpdateMs, touches, Arrays.hashCode(weights), Arrays.hashCode(optimizerState)});
    }

    @Override
    public String toString() {
        return "StoredRow[lastUpdateMs=" + lastUpdateMs + ", touches=" + touches + ", weights="
                + Arrays.toString(weights) + ", optimizerState=" + Arrays.toString(optimizerState) + "]";
    }
}

package io.freshet.store.table;

/**
 * Sizes of a row.
 *
 * @param width floats of weights: the embedding, and the bias after it when the ranker is wide
 * @param stateFloats floats of optimizer state
 */
public record RowLayout(int width, int stateFloats) {
    /** Refuses sizes that no row can have. */
    public RowLayout {
        if (width < 1 || stateFloats < 0) {
            throw new IllegalArgumentException(
                    "A row has at least 1 weight and 0 or more floats of optimizer state, not %d and %d."
                            .formatted(width, stateFloats));
        }
    }

    /** Floats of weights and optimizer state. */
    int floats() {
        return width + stateFloats;
    }
}

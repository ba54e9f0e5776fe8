package io.freshet.store.table;

/**
 * Sizes of a row.
 *
 * @param width floats of weights: the embedding, and the bias after it when the ranker is wide
 * @param stateFloats floats of optimizer state
 */
public record RowLayout(int width, int stateFloats) {
    /** Bytes before the weights: u64 last update, u32 touches. */
    static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

    /** {@link #HEADER_BYTES} counted in floats. */
    static final int HEADER_FLOATS = HEADER_BYTES / Float.BYTES;

    /** Refuses sizes that no row can have. */
    public RowLayout {
        if (width < 1 || stateFloats < 0) {
            throw new IllegalArgumentException(
                    "A row has at least 1 weight and 0 or more floats of optimizer state, not %d and %d."
                            .formatted(width, stateFloats));
        }
    }

    /** Bytes of a row in the hot tier: header, weights, optimizer state. */
    int hotBytes() {
        return HEADER_BYTES + Float.BYTES * (width + stateFloats);
    }
}

package io.freshet.store.admission;

/**
 * Counts the touches of the rows of one table in one key group that the table does not hold.
 *
 * <p>Counts depend on the calls alone, and on the event times that they give. Threads: one.
 */
public interface TouchCounts {
    /** The largest count; what is touched more often stays there. */
    int MAX = 255;

    /**
     * Counts a touch.
     *
     * @param clockMs event time that the table has come to; never less than at the call before
     * @return touches of the row so far, this one included; perhaps too many, never too few but for the decay
     */
    int touch(long id, long clockMs);

    /** The row is kept from now on; its count is of no more use. */
    void forget(long id);

    /** How much too high a count may be, which it exceeds with a probability of at most e^-4; 0 when counts are right. */
    double errorBound();

    /** Hands out what has changed since the last call, to be kept under these numbers; null where nothing is to be kept. */
    void store(Parts parts);

    /**
     * Takes back what was kept; to be called once, before anything else. What was counted in another way, or in a sketch
     * of another size, is left out: counting starts over.
     *
     * @throws IllegalStateException when the format is unknown, or the bytes are cut
     */
    void restore(StoredParts stored);

    /** Where the parts of the counts go. */
    @FunctionalInterface
    interface Parts {
        void put(int part, byte[] value);
    }

    /** Where they come from. */
    @FunctionalInterface
    interface StoredParts {
        /** The bytes, or null. */
        byte[] get(int part);
    }
}

package io.freshet.store.durable;

import java.nio.ByteBuffer;

/** What implementations of {@link DurableRows} share about batches. */
public final class RowBatches {
    private RowBatches() {}

    /**
     * Bytes of each of {@code count} values that fill a buffer from position to limit.
     *
     * @throws IllegalArgumentException when they do not divide it
     */
    public static int bytesPerRow(int count, ByteBuffer values) {
        if (count == 0 ? values.hasRemaining() : values.remaining() % count != 0) {
            throw new IllegalArgumentException("%d rows cannot share %d bytes evenly: a batch holds rows of one length."
                    .formatted(count, values.remaining()));
        }
        return count == 0 ? 0 : values.remaining() / count;
    }
}

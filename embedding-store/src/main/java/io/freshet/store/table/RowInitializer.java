package io.freshet.store.table;

import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The weights of a row that nobody has written yet: a pure function of (seed, table name, id, column), so that trainer
 * and servers agree on rows that are stored nowhere, and reading one needs no write.
 *
 * <p>Column c of the embedding is uniform in [-range, range): the top 24 bits of a counter mixed by {@link Mix64},
 * scaled exactly and multiplied by the range, in float. The bias is 0.
 *
 * <p>Threads: immutable, any thread.
 */
public final class RowInitializer {
    private final long tableSeed;
    private final int dimension;
    private final int width;
    private final float range;

    /** For the rows of a table. */
    public RowInitializer(TableSpec table) {
        tableSeed = Mix64.mix(table.seed() + Mix64.GOLDEN_GAMMA ^ fnv1a(table.name()));
        dimension = table.dimension();
        width = table.width();
        range = (float) table.initialRange();
    }

    /** Writes the weights of row {@code id}, [width], from {@code at} on; the buffer's position stays. */
    public void fill(long id, FloatBuffer out, int at) {
        long rowSeed = Mix64.mix(tableSeed ^ Mix64.mix(id + Mix64.GOLDEN_GAMMA));
        for (int column = 0; column < dimension; column++) {
            long bits = Mix64.mix(rowSeed + (column + 1) * Mix64.GOLDEN_GAMMA);
            // A whole number in [-2^23, 2^23) over 2^23: exact in float, so the product is the only rounding.
            out.put(at + column, ((int) (bits >>> 40) - (1 << 23)) * 0x1p-23f * range);
        }
        for (int column = dimension; column < width; column++) {
            out.put(at + column, 0f);
        }
    }

    private static long fnv1a(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * 0x100000001b3L;
        }
        return hash;
    }
}

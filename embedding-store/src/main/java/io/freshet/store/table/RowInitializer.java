package io.freshet.store.table;

import io.freshet.contracts.pipeline.AdmissionConfig;
import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.store.hash.Mix64;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The weights of a row that nobody has written yet: a pure function of (seed, table name, id, column), so that trainer
 * and servers agree on rows that are stored nowhere, and reading one needs no write.
 *
 * <p>Column c of the embedding is made of k, the top 24 bits of a counter mixed by {@link Mix64}. Uniform in [-scale,
 * scale): (k - 2^23) / 2^23, exact in float, times the scale, in float. Normal: the {@link NormalQuantile} of (k + 1/2)
 * / 2^24 in double, rounded to float, times the scale, in float. The bias is 0.
 *
 * <p>Threads: immutable, any thread.
 */
public final class RowInitializer {
    private static final int HALF = 1 << 23;

    private final long tableSeed;
    private final int dimension;
    private final int width;
    private final InitialConfig.Type type;
    private final float scale;
    private final boolean absentIsZero;

    /** For the rows of a table. */
    public RowInitializer(TableSpec table) {
        tableSeed = Mix64.mix(table.seed() + Mix64.GOLDEN_GAMMA ^ fnv1a(table.name()));
        dimension = table.dimension();
        width = table.width();
        type = table.config().initial().type();
        scale = (float) table.config().initial().scale();
        absentIsZero = table.config().admission().before() == AdmissionConfig.Before.ZEROS;
    }

    /** Writes what a row reads as that is not kept, as its table has it: its initial values, or zeros. */
    public void fillAbsent(long id, FloatBuffer out, int at) {
        if (!absentIsZero) {
            fill(id, out, at);
            return;
        }
        for (int column = 0; column < width; column++) {
            out.put(at + column, 0f);
        }
    }

    /** Writes the weights of row {@code id}, [width], from {@code at} on; the buffer's position stays. */
    public void fill(long id, FloatBuffer out, int at) {
        long rowSeed = rowSeed(id);
        for (int column = 0; column < width; column++) {
            out.put(at + column, value(rowSeed, column));
        }
    }

    /** Writes the weights of row {@code id}, [width], from {@code at} on. */
    public void fill(long id, float[] out, int at) {
        long rowSeed = rowSeed(id);
        for (int column = 0; column < width; column++) {
            out[at + column] = value(rowSeed, column);
        }
    }

    private long rowSeed(long id) {
        return Mix64.mix(tableSeed ^ Mix64.mix(id + Mix64.GOLDEN_GAMMA));
    }

    private float value(long rowSeed, int column) {
        if (column >= dimension || type == InitialConfig.Type.ZEROS) {
            return 0;
        }
        int bits = (int) (Mix64.mix(rowSeed + (column + 1) * Mix64.GOLDEN_GAMMA) >>> 40);
        return scale
                * (type == InitialConfig.Type.NORMAL
                        ? (float) NormalQuantile.of((bits + 0.5) * 0x1p-24)
                        : (bits - HALF) * 0x1p-23f);
    }

    private static long fnv1a(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * 0x100000001b3L;
        }
        return hash;
    }
}

package io.freshet.store.replica;

import io.freshet.store.codec.Fp16;
import io.freshet.store.codec.Int8Row;
import io.freshet.store.table.RowInitializer;
import io.freshet.store.table.TableSpec;
import java.nio.FloatBuffer;

/**
 * One table as of one version. Immutable, but for the index, which later versions go on filling.
 *
 * @param pages rows by number, {@link #PAGE_ROWS} to a page: {@code short[width]} of binary16, {@code float[width]}, the
 *     {@code byte[]} of an {@link Int8Row}, or null where this version has no row; a page of no rows may be null, and so may the last ones
 * @param rows how many rows this version has
 */
record TableVersion(TableSpec spec, RowInitializer initializer, RowIndex index, Object[][] pages, int rows) {
    static final int PAGE_SHIFT = 5;
    static final int PAGE_ROWS = 1 << PAGE_SHIFT;

    static TableVersion empty(TableSpec spec) {
        return new TableVersion(spec, new RowInitializer(spec), RowIndex.withRoomFor(0), new Object[0][], 0);
    }

    /** The row as it is kept, or null. */
    Object row(long id) {
        int number = index.find(id);
        if (number == RowIndex.NONE || number >> PAGE_SHIFT >= pages.length) {
            return null;
        }
        Object[] page = pages[number >> PAGE_SHIFT];
        return page == null ? null : page[number & PAGE_ROWS - 1];
    }

    void gather(long[] ids, int from, int count, FloatBuffer out) {
        int width = spec.width();
        int at = out.position();
        for (int i = from; i < from + count; i++, at += width) {
            Object row = row(ids[i]);
            if (row instanceof short[] halves) {
                for (int column = 0; column < width; column++) {
                    out.put(at + column, Fp16.toFloat(halves[column]));
                }
            } else if (row instanceof float[] floats) {
                out.put(at, floats);
            } else if (row instanceof byte[] bytes) {
                Int8Row.decode(bytes, spec.dimension(), spec.wide(), out, at);
            } else {
                initializer.fillAbsent(ids[i], out, at);
            }
        }
        out.position(at);
    }
}

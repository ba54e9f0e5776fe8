package io.freshet.store.table;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.hash.Mix64;
import java.util.Arrays;

/**
 * Rows on their way from the durable tier into the hot table: what one batched read found.
 *
 * <p>Threads: one; it reuses its memory.
 */
final class StagedRows {
    static final int NONE = -1;

    private final int table;
    private final RowCodec codec;
    private final RowOrder order;
    private final DurableRows durable;
    private final TableLife life;
    private final int rowFloats;

    private long[] ids = new long[0];
    private boolean[] exists = new boolean[0];

    /** Those that are stored, but live no more: they count as not existing. */
    private boolean[] expired = new boolean[0];

    private int[] touches = new int[0];
    private long[] lastUpdatesMs = new long[0];
    private float[] floats = new float[0];

    /** Row + 1 per place, open addressing with linear probing, at most half full; 0 where the place is free. */
    private int[] places = new int[2];

    private int rows;
    private int found;

    StagedRows(TableSpec spec, RowCodec codec, RowOrder order, DurableRows durable, TableLife life) {
        table = spec.index();
        this.codec = codec;
        this.order = order;
        this.durable = durable;
        this.life = life;
        rowFloats = spec.layout().floats();
    }

    /**
     * Reads rows, in place of those that were here before.
     *
     * @param wanted the first {@code count} are sorted on the way
     * @throws IllegalStateException when a stored row is not one of this table
     */
    void fetch(long[] wanted, int count) {
        rows = order.sortDistinct(wanted, count);
        found = 0;
        reserve();
        System.arraycopy(wanted, 0, ids, 0, rows);
        Arrays.fill(exists, 0, rows, false);
        Arrays.fill(expired, 0, rows, false);
        Arrays.fill(places, 0);
        for (int row = 0; row < rows; row++) {
            int place = (int) Mix64.mix(ids[row]) & places.length - 1;
            while (places[place] != 0) {
                place = place + 1 & places.length - 1;
            }
            places[place] = row + 1;
        }
        durable.read(table, ids, 0, rows, (row, value) -> {
            codec.read(ids[row], value, floats, row * rowFloats);
            touches[row] = RowCodec.touches(value);
            lastUpdatesMs[row] = RowCodec.lastUpdateMs(value);
            expired[row] = life.isExpired(ids[row], lastUpdatesMs[row]);
            exists[row] = !expired[row];
            found += exists[row] ? 1 : 0;
        });
    }

    /** How many rows were asked for; the r-th one has the r-th id in order. */
    int rows() {
        return rows;
    }

    /** How many of them exist. */
    int found() {
        return found;
    }

    /** The staged row of an id; {@link #NONE} when the durable tier does not have it, or was not asked. */
    int find(long id) {
        int row = asked(id);
        return row == NONE || !exists[row] ? NONE : row;
    }

    /** Whether the durable tier has the row still, but it lives no more. */
    boolean isExpired(long id) {
        int row = asked(id);
        return row != NONE && expired[row];
    }

    private int asked(long id) {
        int place = (int) Mix64.mix(id) & places.length - 1;
        while (places[place] != 0 && ids[places[place] - 1] != id) {
            place = place + 1 & places.length - 1;
        }
        return places[place] - 1;
    }

    boolean exists(int row) {
        return exists[row];
    }

    long id(int row) {
        return ids[row];
    }

    int touches(int row) {
        return touches[row];
    }

    long lastUpdateMs(int row) {
        return lastUpdatesMs[row];
    }

    /** Weights, then optimizer state of all rows; a row's begin at {@link #floatAt}. */
    float[] floats() {
        return floats;
    }

    int floatAt(int row) {
        return row * rowFloats;
    }

    private void reserve() {
        if (ids.length < rows) {
            int room = Integer.highestOneBit(2 * rows - 1);
            ids = new long[room];
            exists = new boolean[room];
            expired = new boolean[room];
            touches = new int[room];
            lastUpdatesMs = new long[room];
            floats = new float[room * rowFloats];
            places = new int[2 * room];
        }
    }
}

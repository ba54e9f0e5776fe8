package io.freshet.store.table;

import io.freshet.store.durable.DurableRows;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * One table of a shard: the hot table in front of the durable rows.
 *
 * <p>Two things are kept about a row that are easily mixed up. It is <em>dirty</em> while it is newer than its durable
 * copy, which can only be so while it is hot. It is <em>changed</em> from the first gradient after a drain to the next
 * drain, whether it is hot or not; changed rows that had to leave the hot table are remembered by id.
 *
 * <p>Threads: as {@link RowTables}.
 */
final class CachedTable {
    /**
     * What a batch does to its rows.
     *
     * @param values [count, width] from {@code offset} on
     */
    record Gradients(float[] values, int offset, long eventTimeMs) {}

    private static final int TOUCHES_AT = Long.BYTES;

    /** Room for a row that is longer than it should be, so that the refusal can tell its length. */
    private static final int SPARE_BYTES = 1 << 16;

    private final TableSpec spec;
    private final RowLayout layout;
    private final int width;
    private final DurableRows durable;
    private final HotTable hot;
    private final RowInitializer initializer;
    private final RowOptimizer optimizer;
    private final LongSet changedNotHot = new LongSet();

    /** A row as it came from the durable tier. */
    private final ByteBuffer read;

    /** A row on its way to the durable tier; apart from {@link #read}, as one row may leave to make room for another. */
    private final ByteBuffer written;

    private int dirty;
    private int writeBehindHand;
    private long reads;
    private long hits;
    private long evictions;

    CachedTable(TableSpec spec, DurableRows durable, int maxHotRows) {
        this.spec = spec;
        this.durable = durable;
        layout = spec.layout();
        width = layout.width();
        hot = new HotTable(layout, maxHotRows);
        initializer = new RowInitializer(spec);
        optimizer = RowOptimizer.of(spec.optimizer());
        read = ByteBuffer.allocate(RowCodec.bytes(layout) + SPARE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        written = ByteBuffer.allocate(RowCodec.bytes(layout)).order(ByteOrder.LITTLE_ENDIAN);
    }

    void gather(long[] ids, int from, int count, FloatBuffer out) {
        if (out.remaining() < (long) count * width) {
            throw new IllegalArgumentException(
                    "Table '%s': %d rows of %d floats do not fit into a buffer with room for %d floats."
                            .formatted(spec.name(), count, width, out.remaining()));
        }
        Objects.checkFromIndexSize(from, count, ids.length);
        int at = out.position();
        for (int i = from; i < from + count; i++, at += width) {
            int slot = hot.find(ids[i]);
            if (slot != HotTable.NONE) {
                hits++;
                hot.touch(slot);
            } else {
                slot = load(ids[i]);
            }
            if (slot == HotTable.NONE) {
                initializer.fill(ids[i], out, at);
            } else {
                out.put(at, hot.floatsOf(slot), weightsAt(slot), width);
            }
        }
        out.position(at);
        reads += count;
    }

    void apply(long[] ids, int from, int count, Gradients gradients) {
        if (gradients.values().length - gradients.offset() < (long) count * width) {
            throw new IllegalArgumentException(
                    "Table '%s' holds rows of %d floats: the gradients of %d rows are %d floats, but %d were given."
                            .formatted(
                                    spec.name(),
                                    width,
                                    count,
                                    (long) count * width,
                                    gradients.values().length - gradients.offset()));
        }
        Objects.checkFromIndexSize(from, count, ids.length);
        for (int i = 0; i < count; i++) {
            int slot = slotFor(ids[from + i]);
            optimizer.step(
                    hot.floatsOf(slot), weightsAt(slot), width, gradients.values(), gradients.offset() + i * width);
            stamp(slot, gradients.eventTimeMs());
        }
    }

    /** Ids of at most {@code limit} dirty rows, going on where the last call stopped; in no order. */
    long[] someDirtyIds(int limit) {
        long[] found = new long[Math.min(limit, dirty)];
        for (int n = 0; n < found.length; ) {
            writeBehindHand = writeBehindHand < hot.rows() ? writeBehindHand : 0;
            if (hot.is(writeBehindHand, HotTable.DIRTY)) {
                found[n++] = hot.id(writeBehindHand);
            }
            writeBehindHand++;
        }
        return found;
    }

    /** Brings the durable copy of a dirty row up to date. */
    void writeBehind(long id) {
        writeBehindSlot(hot.find(id));
    }

    /** Ids of the rows that have changed since {@link #clearChanged}; in no order, some perhaps twice. */
    long[] changedIds() {
        long[] found = new long[hot.rows() + changedNotHot.size()];
        int[] n = {0};
        for (int slot = 0; slot < hot.rows(); slot++) {
            if (hot.is(slot, HotTable.CHANGED)) {
                found[n[0]++] = hot.id(slot);
            }
        }
        changedNotHot.forEach(id -> found[n[0]++] = id);
        return Arrays.copyOf(found, n[0]);
    }

    void clearChanged() {
        for (int slot = 0; slot < hot.rows(); slot++) {
            hot.clear(slot, HotTable.CHANGED);
        }
        changedNotHot.clear();
    }

    void markHotChanged() {
        for (int slot = 0; slot < hot.rows(); slot++) {
            hot.set(slot, HotTable.CHANGED);
        }
    }

    void markChanged(long id) {
        int slot = hot.find(id);
        if (slot == HotTable.NONE) {
            changedNotHot.add(id);
        } else {
            hot.set(slot, HotTable.CHANGED);
        }
    }

    /** Copies the weights of a row that exists in either tier; leaves the hot table as it is. */
    void weights(long id, float[] out) {
        int slot = hot.find(id);
        if (slot != HotTable.NONE) {
            hot.floatsOf(slot).get(weightsAt(slot), out, 0, width);
        } else if (readDurable(id)) {
            for (int i = 0; i < width; i++) {
                out[i] = read.getFloat(1 + RowLayout.HEADER_BYTES + i * Float.BYTES);
            }
        } else {
            throw new IllegalStateException(
                    "Table '%s', id %d: the row has changed, but it is neither hot nor durable: the durable tier lost it."
                            .formatted(spec.name(), id));
        }
    }

    Optional<StoredRow> peek(long id) {
        int slot = hot.find(id);
        if (slot != HotTable.NONE) {
            return Optional.of(RowCodec.decode(spec, id, value(slot)));
        }
        return readDurable(id) ? Optional.of(RowCodec.decode(spec, id, read)) : Optional.empty();
    }

    RowCounts counts() {
        return new RowCounts(reads, hits, evictions, hot.rows(), dirty, hot.bytes());
    }

    private int weightsAt(int slot) {
        return hot.floatAt(slot) + RowLayout.HEADER_FLOATS;
    }

    private int slotFor(long id) {
        int slot = hot.find(id);
        if (slot != HotTable.NONE) {
            hot.touch(slot);
            return slot;
        }
        slot = load(id);
        return slot == HotTable.NONE ? create(id) : slot;
    }

    /** Makes a row that exists nowhere, with its initial values. */
    private int create(long id) {
        int slot = claim(id);
        hot.bytesOf(slot).putLong(hot.byteAt(slot), 0).putInt(hot.byteAt(slot) + TOUCHES_AT, 0);
        initializer.fill(id, hot.floatsOf(slot), weightsAt(slot));
        optimizer.initialise(hot.floatsOf(slot), weightsAt(slot) + width, width);
        return slot;
    }

    private void stamp(int slot, long eventTimeMs) {
        ByteBuffer slab = hot.bytesOf(slot);
        int at = hot.byteAt(slot);
        slab.putLong(at, Math.max(slab.getLong(at), eventTimeMs));
        int touches = slab.getInt(at + TOUCHES_AT);
        // Unsigned, so -1 is the largest count.
        slab.putInt(at + TOUCHES_AT, touches == -1 ? -1 : touches + 1);
        if (!hot.is(slot, HotTable.DIRTY)) {
            dirty++;
        }
        hot.set(slot, (byte) (HotTable.DIRTY | HotTable.CHANGED));
    }

    /** Makes a durable row hot; {@link HotTable#NONE} when it is not durable either. */
    private int load(long id) {
        if (!readDurable(id)) {
            return HotTable.NONE;
        }
        int slot = claim(id);
        hot.bytesOf(slot).put(hot.byteAt(slot), read, 1, layout.hotBytes());
        return slot;
    }

    /**
     * A slot for a row that is not hot; another row may have to leave. The new one counts as untouched until its next use,
     * so that rows which come once go before rows which come again.
     */
    private int claim(long id) {
        if (!hot.isFull()) {
            return hot.add(id);
        }
        int victim = hot.victim();
        if (hot.is(victim, HotTable.DIRTY)) {
            writeBehindSlot(victim);
        }
        if (hot.is(victim, HotTable.CHANGED)) {
            changedNotHot.add(hot.id(victim));
        }
        hot.replace(victim, id);
        evictions++;
        return victim;
    }

    private void writeBehindSlot(int slot) {
        durable.write(spec.index(), hot.id(slot), value(slot));
        hot.clear(slot, HotTable.DIRTY);
        dirty--;
    }

    /** The bytes to store of a hot row. */
    private ByteBuffer value(int slot) {
        written.clear();
        written.put(RowCodec.VERSION);
        written.put(written.position(), hot.bytesOf(slot), hot.byteAt(slot), layout.hotBytes());
        return written.position(0);
    }

    /** Fetches a row into {@link #read}, and checks that it is one of this table. */
    private boolean readDurable(long id) {
        read.clear();
        try {
            if (!durable.read(spec.index(), id, read)) {
                return false;
            }
        } catch (BufferOverflowException e) {
            IllegalStateException tooLong =
                    RowCodec.otherShape(spec, id, "more than %d bytes".formatted(read.capacity()));
            tooLong.initCause(e);
            throw tooLong;
        }
        read.flip();
        RowCodec.requireRow(spec, id, read);
        return true;
    }
}

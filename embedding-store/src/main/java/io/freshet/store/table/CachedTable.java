package io.freshet.store.table;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.hot.HotTable;
import io.freshet.store.hot.RowFinder;
import io.freshet.store.optimizer.RowOptimizer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * One table of a shard: the hot table in front of the durable rows.
 *
 * <p>What is not hot is not dirty, so the durable tier has the newest of it.
 *
 * <p>Batches are worked through in chunks. The rows of a chunk that are not hot come from one read of the durable tier;
 * the rows that have to make room for them leave in one write. Steps are then taken in the order given, and a row that
 * had to leave before its turn, as happens when a chunk has more rows than the hot table, is brought back singly.
 *
 * <p>Two things are kept about a row that are easily mixed up. It is <em>dirty</em> while it is newer than its durable
 * copy, which can only be so while it is hot. It is <em>changed</em> from the first gradient after a drain to the next
 * drain, whether it is hot or not; changed rows that had to leave the hot table are remembered by id.
 *
 * <p>Threads: as {@link RowTables}.
 */
final class CachedTable {
    /** So many rows of a batch are looked up, read and written together. */
    private static final int CHUNK_ROWS = 8_192;

    /** Rows that are found and then copied or stepped, while what was found is still in the nearest caches. */
    private static final int BLOCK_ROWS = RowFinder.BLOCK_ROWS;

    /** In place of a slot: the gradient is left out. */
    private static final int SKIPPED = -2;

    private final TableSpec spec;
    private final int width;
    private final DurableRows durable;
    private final HotTable hot;
    private final RowFinder reading;
    private final RowFinder stepping;
    private final RowInitializer initializer;
    private final RowCodec codec;
    private final RowOrder order;
    private final RowSteps steps;
    private final RowWriter writer;
    private final StagedRows staged;
    private final ChangedRows changed;
    private final HotResidents residents;
    private final HotReads hotReads;
    private final TableLife life;
    private final RowSweep sweep;

    /** Slots of the rows of a chunk. */
    private final int[] slots = new int[CHUNK_ROWS];

    /** Ids of the rows of a chunk that are not hot. */
    private final long[] missing = new long[CHUNK_ROWS];

    private long reads;
    private long hits;
    private long evictionsBefore; // as of when rows were last brought in
    private long skippedSteps;

    CachedTable(TableSpec spec, DurableRows durable, int maxParallelism, int maxHotRows, EventClock clock) {
        this.spec = spec;
        this.durable = durable;
        RowLayout layout = spec.layout();
        width = layout.width();
        hot = new HotTable(width + layout.stateFloats(), maxHotRows);
        reading = hot.finder(width);
        stepping = hot.finder(layout.floats());
        changed = new ChangedRows(hot);
        hotReads = new HotReads(hot, width);
        initializer = new RowInitializer(spec);
        RowOptimizer optimizer = RowOptimizer.of(spec.optimizer(), spec.shape());
        order = new RowOrder(spec, maxParallelism);
        life = new TableLife(spec, durable, maxParallelism, clock);
        steps = new RowSteps(hot, optimizer, layout, life);
        codec = new RowCodec(spec);
        writer = new RowWriter(spec.index(), codec, order, hot, durable);
        staged = new StagedRows(spec, codec, order, durable, life);
        residents = new HotResidents(hot, staged, writer, changed, new NewRows(initializer, optimizer, layout));
        sweep = new RowSweep(spec, hot, durable, writer, new RowSweep.Tracked(changed, life, order, maxParallelism));
    }

    void gather(long[] ids, int from, int count, FloatBuffer out) {
        for (int done = 0; done < count; done += CHUNK_ROWS) {
            gatherChunk(ids, from + done, Math.min(CHUNK_ROWS, count - done), out);
        }
    }

    void apply(Gradients gradients) {
        gradients.requireWithin(spec.name());
        for (int done = 0; done < gradients.rows(); done += CHUNK_ROWS) {
            applyChunk(gradients.slice(done, CHUNK_ROWS));
        }
    }

    /** Brings the durable copies of at most so many dirty rows up to date; returns how many. */
    int writeBehind(int maxRows) {
        int before = writer.dirtyRows();
        writer.writeSome(maxRows);
        return before - writer.dirtyRows();
    }

    /** Hands out every changed row, in the order of {@link RowOrder}, and returns the ids. They stay changed. */
    long[] drainChanged(ChangedRowConsumer consumer) {
        long[] ids = changed.ids();
        int count = order.sortDistinct(ids, ids.length);
        float[] weights = new float[width];
        for (int from = 0; from < count; from += CHUNK_ROWS) {
            int rows = Math.min(CHUNK_ROWS, count - from);
            find(ids, from, rows);
            for (int i = 0; i < rows; i++) {
                long id = ids[from + i];
                if (weights(id, slots[i], weights)) {
                    consumer.row(order.keyGroup(id), spec.index(), id, weights);
                } else {
                    consumer.gone(order.keyGroup(id), spec.index(), id);
                }
            }
        }
        return Arrays.copyOf(ids, count);
    }

    /** Removes rows that are gone; looks at no more than so many. */
    void sweep(int maxRows) {
        sweep.sweep(maxRows);
    }

    /** Which rows live. */
    TableLife life() {
        return life;
    }

    /** Which rows have changed since the last drain. */
    ChangedRows changed() {
        return changed;
    }

    /** For other threads. */
    HotReads hotReads() {
        return hotReads;
    }

    Optional<StoredRow> peek(long id) {
        int slot = hot.find(id);
        StoredRow[] found = {null};
        if (slot != HotTable.NONE) {
            float[] floats = new float[spec.layout().floats()];
            hot.get(slot, 0, floats, 0, floats.length);
            found[0] = StoredRow.of(hot.lastUpdate(slot), hot.touches(slot), floats, width);
        } else {
            durable.read(spec.index(), new long[] {id}, 0, 1, (index, value) -> found[0] = codec.decode(id, value));
        }
        return Optional.ofNullable(found[0]).filter(row -> !life.isExpired(id, row.lastUpdateMs()));
    }

    RowCounts counts() {
        long past = hotReads.rows();
        return new RowCounts(
                reads + past,
                hits + past,
                residents.evictions(),
                hot.rows(),
                writer.dirtyRows(),
                hot.bytes(),
                skippedSteps);
    }

    private void gatherChunk(long[] ids, int from, int count, FloatBuffer out) {
        int start = out.position();
        int misses = 0;
        boolean someExpired = life.liveSinceMs() > Long.MIN_VALUE;
        for (int block = 0; block < count; block += BLOCK_ROWS) {
            int rows = Math.min(BLOCK_ROWS, count - block);
            reading.use(ids, from + block, rows, slots, block);
            reading.copy(out, start + block * width);
            for (int i = block; i < block + rows; i++) {
                if (slots[i] == HotTable.NONE) {
                    missing[misses++] = ids[from + i];
                } else if (someExpired && life.isExpired(ids[from + i], hot.lastUpdate(slots[i]))) {
                    initializer.fillAbsent(ids[from + i], out, start + i * width);
                }
            }
        }
        if (misses > 0) {
            staged.fetch(missing, misses);
            for (int i = 0; i < count; i++) {
                if (slots[i] == HotTable.NONE) {
                    copyStaged(ids[from + i], out, start + i * width);
                }
            }
            residents.installStaged();
        }
        out.position(start + count * width);
        reads += count;
        hits += count - misses;
    }

    private void copyStaged(long id, FloatBuffer out, int at) {
        int row = staged.find(id);
        if (row == StagedRows.NONE) {
            initializer.fillAbsent(id, out, at);
        } else {
            out.put(at, staged.floats(), staged.floatAt(row), width);
        }
    }

    private void applyChunk(Gradients chunk) {
        long removals = hot.removals();
        life.beginApply(chunk.eventTimeMs());
        steps.begin(chunk);
        int found = 0;
        for (int i = 0; i < chunk.rows(); i++) {
            if (i == found) {
                found = findOrBringIn(chunk, i);
            }
            if (slots[i] == SKIPPED) {
                continue;
            }
            boolean known = slots[i] != HotTable.NONE;
            if (!known || hot.removals() != removals && !hot.holds(slots[i], chunk.id(i))) {
                slots[i] = findAgain(chunk.id(i), known, chunk.eventTimeMs());
            }
            if (life.isOn()) {
                slots[i] = living(chunk.id(i), slots[i], chunk.eventTimeMs());
                if (slots[i] == SKIPPED) {
                    continue;
                }
            }
            steps.add(slots[i], chunk.at(i));
            if (steps.areFull()) {
                takeSteps(chunk.eventTimeMs());
            }
        }
        takeSteps(chunk.eventTimeMs());
    }

    /** Before a row may leave the hot table, and when the first ones that were found are about to leave the second cache. */
    private void takeSteps(long eventTimeMs) {
        writer.markDirty(steps.slots(), steps.rows());
        changed.add(steps.slots(), steps.rows());
        steps.take(eventTimeMs);
    }

    /**
     * Notes the slots of the next few rows, which are then still in the nearest caches when their steps are taken. If one
     * of them is not hot, the rest of the chunk is brought in at once.
     *
     * @return up to where slots are known now
     */
    private int findOrBringIn(Gradients chunk, int from) {
        int to = Math.min(from + BLOCK_ROWS, chunk.rows());
        int misses = find(chunk, from, to, 0);
        if (misses == 0) {
            return to;
        }
        misses = find(chunk, to, chunk.rows(), misses);
        takeSteps(chunk.eventTimeMs()); // A row whose step waits may have to make room.
        staged.fetch(missing, misses);
        residents.makeRoom(life.isOn() ? staged.found() : staged.rows());
        for (int i = from; i < chunk.rows(); i++) {
            if (slots[i] == HotTable.NONE) {
                slots[i] = slotOfStaged(chunk.id(i));
            }
        }
        evictionsBefore = residents.evictions();
        return chunk.rows();
    }

    /** Notes the slots of rows, and the ids of those that are missing behind those that were missing already. */
    private int find(Gradients chunk, int from, int to, int missesBefore) {
        int misses = missesBefore;
        boolean usable = chunk.areUsable(from, to - from);
        for (int block = from; block < to; block += BLOCK_ROWS) {
            stepping.use(chunk.ids(), chunk.from() + block, Math.min(BLOCK_ROWS, to - block), slots, block);
        }
        for (int i = from; i < to; i++) {
            if (!usable && !chunk.areUsable(i, 1)) {
                slots[i] = SKIPPED;
                skippedSteps++;
            } else if (slots[i] == HotTable.NONE) {
                missing[misses++] = chunk.id(i);
            }
        }
        return misses;
    }

    /** The slot of a row that had to leave before its turn, or else was stored nowhere when the chunk was brought in. */
    private int findAgain(long id, boolean wasHot, long eventTimeMs) {
        if (!wasHot && residents.evictions() == evictionsBefore) {
            return hot.use(id); // What this chunk has made so far is still hot.
        }
        takeSteps(eventTimeMs);
        if (hot.find(id) == HotTable.NONE) {
            staged.fetch(new long[] {id}, 1);
        }
        return slotOfStaged(id);
    }

    /** The slot of a row that lives, or begins to with this gradient; {@link #SKIPPED} when it does not. */
    private int living(long id, int slot, long eventTimeMs) {
        if (slot != HotTable.NONE && !life.isExpired(id, hot.lastUpdate(slot))) {
            return slot;
        }
        if (!life.admits(id, eventTimeMs)) {
            return SKIPPED;
        }
        if (slot == HotTable.NONE && hot.room() == 0) {
            takeSteps(eventTimeMs); // A row whose step waits may have to leave.
        }
        return residents.begin(id, slot, eventTimeMs);
    }

    /** As {@link HotResidents#slotOfStaged}; a row that is nowhere begins here, unless it first has to be admitted. */
    private int slotOfStaged(long id) {
        int slot = residents.slotOfStaged(id);
        return slot != HotTable.NONE || life.isOn() ? slot : residents.begin(id, HotTable.NONE, 0);
    }

    /** Notes the slots of a chunk of rows, and fetches those that are not hot. */
    private void find(long[] ids, int from, int count) {
        int misses = 0;
        for (int i = 0; i < count; i++) {
            slots[i] = hot.find(ids[from + i]);
            if (slots[i] == HotTable.NONE) {
                missing[misses++] = ids[from + i];
            }
        }
        staged.fetch(missing, misses);
    }

    /** Copies the weights of a changed row; false when it is gone. */
    private boolean weights(long id, int slot, float[] out) {
        if (slot != HotTable.NONE) {
            hot.get(slot, 0, out, 0, width);
            return !life.isExpired(id, hot.lastUpdate(slot));
        }
        int row = staged.find(id);
        if (row == StagedRows.NONE) {
            if (changed.maybeGone(id) || staged.isExpired(id)) {
                return false;
            }
            throw new IllegalStateException(
                    "Table '%s', id %d: the row has changed, but it is neither hot nor durable: the durable tier lost it."
                            .formatted(spec.name(), id));
        }
        System.arraycopy(staged.floats(), staged.floatAt(row), out, 0, width);
        return true;
    }
}

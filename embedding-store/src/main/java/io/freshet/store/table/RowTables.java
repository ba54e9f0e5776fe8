package io.freshet.store.table;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.hot.HotTable;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The rows of a shard, all tables: what the operator that owns a range of key groups reads and updates.
 *
 * <p>Rows are read and updated in a hot table per table, off-heap; {@link DurableRows} holds the rest, and is brought up
 * to date by {@link #writeBehind} as time allows and by {@link #flush} before each checkpoint. A row that is stored
 * nowhere has its initial values, see {@link RowInitializer}, and reading it stores nothing.
 *
 * <p>Same calls, same bits: gradients are applied in the order given, in single precision, and neither the size of the
 * hot tables nor the moments of write-behind can be seen in a weight.
 *
 * <p>Threads: one owner, the task thread of the rows operator; there is no synchronisation. Any other thread asks that
 * one, through its mailbox. Only {@link #gatherHot} is for any thread. Reentrant calls
 * from a {@link ChangedRowConsumer} or from {@link DurableRows} are not allowed.
 */
public final class RowTables {
    private final List<TableSpec> specs;
    private final List<CachedTable> tables;
    private final DurableRows durable;
    private final UncommittedChanges uncommitted;
    private final EventClock clock;

    /** The table whose turn it is in {@link #writeBehind}. */
    private int writeBehindTurn;

    /**
     * Starts with nothing hot, to use as much memory for each table as its config says.
     *
     * @param specs the i-th one has index i, see {@link TableSpec#of}
     * @param durable may hold rows already, after a restore
     * @param maxParallelism number of key groups
     */
    public RowTables(List<TableSpec> specs, DurableRows durable, int maxParallelism) {
        this(specs, durable, maxParallelism, RowTables::rowsWithinMemory);
    }

    /**
     * Starts with nothing hot.
     *
     * @param specs the i-th one has index i, see {@link TableSpec#of}
     * @param durable may hold rows already, after a restore
     * @param maxParallelism number of key groups
     * @param maxHotRows at most so many rows of each table are hot, between 1 and 2^29; memory is taken as rows come
     */
    public RowTables(List<TableSpec> specs, DurableRows durable, int maxParallelism, int maxHotRows) {
        this(specs, durable, maxParallelism, spec -> maxHotRows);
    }

    private RowTables(
            List<TableSpec> specs, DurableRows durable, int maxParallelism, ToIntFunction<TableSpec> maxHotRows) {
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i).index() != i) {
                throw new IllegalArgumentException(
                        "Table '%s' has index %d but is number %d of the list: pass them in order."
                                .formatted(specs.get(i).name(), specs.get(i).index(), i));
            }
        }
        this.specs = List.copyOf(specs);
        this.durable = durable;
        clock = new EventClock(durable);
        tables = this.specs.stream()
                .map(spec -> new CachedTable(spec, durable, maxParallelism, maxHotRows.applyAsInt(spec), clock))
                .toList();
        uncommitted = new UncommittedChanges(this.specs, durable, maxParallelism);
        uncommitted.restore((table, id) -> tables.get(table).changed().addMaybeGone(id));
    }

    private static int rowsWithinMemory(TableSpec spec) {
        RowLayout layout = spec.layout();
        return HotTable.rowsWithin(spec.config().memory(), layout.width() + layout.stateFloats());
    }

    /** The tables, by index. */
    public List<TableSpec> specs() {
        return specs;
    }

    /**
     * Reads weights. A durable row becomes hot; one that exists nowhere comes with its initial values and stays unstored.
     *
     * @param ids rows {@code ids[from .. from + count)}, repetitions allowed
     * @param out gets [count, width] floats from its position on, which moves behind them; direct and in native order it
     *     is fastest
     * @throws IllegalArgumentException when {@code out} has too little room
     * @throws IllegalStateException when a stored row is not one of this table, see {@link RowCodec}
     */
    public void gather(int table, long[] ids, int from, int count, FloatBuffer out) {
        int width = specs.get(table).width();
        if (out.remaining() < (long) count * width) {
            throw new IllegalArgumentException(
                    "Table '%s': %d rows of %d floats do not fit into a buffer with room for %d floats."
                            .formatted(specs.get(table).name(), count, width, out.remaining()));
        }
        Objects.checkFromIndexSize(from, count, ids.length);
        tables.get(table).gather(ids, from, count, out);
    }

    /**
     * Reads the weights of those rows that are hot. Any thread may call this while the owner works; a row comes as it was
     * between two steps.
     *
     * @param ids rows {@code ids[0 .. count)}
     * @param out gets row i at {@code position + i * width}, with gaps for rows that are not hot; its position stays
     * @param missing gets the i of those, which only the owner can tell, by {@link #gather}
     * @return how many are missing
     */
    public int gatherHot(int table, long[] ids, int count, FloatBuffer out, int[] missing) {
        return tables.get(table)
                .hotReads()
                .read(ids, count, tables.get(table).life().liveSinceMs(), out, missing);
    }

    /**
     * Applies one optimizer step per id, in the order given; an id that is there twice takes two steps. Each step adds
     * one touch, and makes the row dirty and changed. A gradient that is not finite leaves its row alone and is counted.
     *
     * @param ids rows {@code ids[from .. from + count)}
     * @param gradients [count, width] from {@code gradientOffset} on
     * @param eventTimeMs milliseconds since the epoch; the row keeps the newest it has seen
     * @throws IllegalArgumentException when there are too few gradients
     * @throws IllegalStateException when a stored row is not one of this table, see {@link RowCodec}
     */
    public void apply(
            int table, long[] ids, int from, int count, float[] gradients, int gradientOffset, long eventTimeMs) {
        int width = specs.get(table).width();
        tables.get(table).apply(new Gradients(ids, from, count, gradients, gradientOffset, width, eventTimeMs));
    }

    /** Writes at most {@code maxRows} dirty rows to the durable tier, so that the next {@link #flush} is short. */
    public void writeBehind(int maxRows) {
        int left = maxRows;
        for (int i = 0; i < tables.size(); i++) {
            left -= tables.get((writeBehindTurn + i) % tables.size()).writeBehind(left);
        }
        writeBehindTurn = (writeBehindTurn + 1) % tables.size();
    }

    /**
     * Removes rows that are gone from memory and from the durable tier, as far as looking at {@code maxRows} rows per table
     * gets; they leave as gone with the next {@link #drainChanged}. Whether and when this is called cannot be seen by those
     * who read: to them a row is gone as soon as it has expired.
     */
    public void sweep(int maxRows) {
        tables.forEach(table -> table.sweep(maxRows));
    }

    /** How rows come and go, over all tables. */
    public LifeCounts lifeCounts() {
        return tables.stream().map(table -> table.life().counts()).reduce(LifeCounts.NONE, LifeCounts::plus);
    }

    /** Writes every dirty row to the durable tier, and what else is to be in a checkpoint; afterwards both tiers agree. */
    public void flush() {
        tables.forEach(table -> table.writeBehind(Integer.MAX_VALUE));
        tables.forEach(table -> table.life().store());
        if (tables.stream().anyMatch(table -> table.life().isOn())) {
            clock.store();
        }
        uncommitted.store();
    }

    /**
     * Hands out every row that has changed since the last drain, evicted ones included, by (table, key group, id), ids
     * as unsigned numbers. Should {@code consumer} throw, all of them still count as changed.
     *
     * <p>Until {@link #committed} says that the version has arrived, {@link #flush} puts the ids into the state, and after
     * a restore from there the rows count as changed again.
     *
     * @param checkpointId of the version that the rows leave with
     */
    public void drainChanged(long checkpointId, ChangedRowConsumer consumer) {
        uncommitted.add(
                checkpointId,
                tables.stream().map(table -> table.drainChanged(consumer)).toArray(long[][]::new));
        tables.forEach(table -> table.changed().clear());
    }

    /** The versions up to that checkpoint, it included, have arrived: nothing they brought has to be sent again. */
    public void committed(long checkpointId) {
        uncommitted.committed(checkpointId);
    }

    /** Makes every row of both tiers changed, as a new lineage starts from all of them. Keeps an id per row that is not hot. */
    public void markAllChanged() {
        tables.forEach(table -> table.changed().addAllHot());
        durable.forEach((table, id, value) -> tables.get(table).changed().addId(id));
    }

    /** A whole row as it is now, if it is stored; changes nothing. For tests and tools, not for training. */
    public Optional<StoredRow> peek(int table, long id) {
        return tables.get(table).peek(id);
    }

    /** Counts since the start, and sizes now, over all tables. */
    public RowCounts counts() {
        return tables.stream().map(CachedTable::counts).reduce(RowCounts.NONE, RowCounts::plus);
    }
}

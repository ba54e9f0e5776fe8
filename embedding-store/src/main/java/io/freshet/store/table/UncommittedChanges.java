package io.freshet.store.table;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.KeyGroupSpan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The ids of rows that left with versions which may not have reached the servers. They are part of the state, per key
 * group, so that after a restore these rows count as changed again; the package's comment has the bytes.
 *
 * <p>Threads: one.
 */
final class UncommittedChanges {
    /** Name of the value of a key group. */
    static final String NAME = "uncommitted-changes";

    private static final byte FORMAT = 1;

    /** What left with a version: per table, ids in the order of {@link RowOrder}. */
    private record Version(long checkpointId, long[][] ids) {}

    private final List<TableSpec> specs;
    private final DurableRows durable;
    private final List<RowOrder> orders;
    private final List<byte[]> names;
    private final List<Version> versions = new ArrayList<>();

    /** Key groups that have a value. */
    private final BitSet stored = new BitSet();

    /** Whether the values are not those of {@link #versions}. */
    private boolean stale;

    UncommittedChanges(List<TableSpec> specs, DurableRows durable, int maxParallelism) {
        this.specs = specs;
        this.durable = durable;
        orders = specs.stream().map(spec -> new RowOrder(spec, maxParallelism)).toList();
        names = specs.stream()
                .map(spec -> spec.name().getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** Sees the rows of {@link #restore}. */
    @FunctionalInterface
    interface Visitor {
        void row(int table, long id);
    }

    /** Visits what the state holds, and forgets it with the next {@link #store}. To be called once, before the rest. */
    void restore(Visitor visitor) {
        KeyGroupSpan owned = durable.keyGroups();
        for (int group = owned.first(); group <= owned.last(); group++) {
            byte[] value = durable.metadata(group, NAME);
            if (value != null) {
                stored.set(group);
                stale = true;
                restore(group, ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN), visitor);
            }
        }
    }

    private void restore(int group, ByteBuffer in, Visitor visitor) {
        byte format = in.get();
        if (format != FORMAT) {
            throw new IllegalStateException(
                    "Key group %d: the changed rows are stored in format %d, and this program reads format %d only. Run the program that wrote it, or a newer one."
                            .formatted(group, format, FORMAT));
        }
        while (in.hasRemaining()) {
            byte[] name = new byte[Byte.toUnsignedInt(in.get())];
            in.get(name);
            int table = table(name);
            for (int count = in.getInt(); count > 0; count--) {
                long id = in.getLong();
                if (table >= 0) {
                    visitor.row(table, id);
                }
            }
        }
    }

    /** The table of that name; -1 when the pipeline has it no more. */
    private int table(byte[] name) {
        for (int table = 0; table < names.size(); table++) {
            if (Arrays.equals(names.get(table), name)) {
                return table;
            }
        }
        return -1;
    }

    /** These rows leave with the version of a checkpoint: ids per table. */
    void add(long checkpointId, long[][] ids) {
        versions.add(new Version(checkpointId, ids));
        stale = true;
    }

    /** What left up to that checkpoint has arrived. */
    void committed(long checkpointId) {
        stale |= versions.removeIf(version -> version.checkpointId() <= checkpointId);
    }

    /** Brings the state up to date. */
    void store() {
        if (!stale) {
            return;
        }
        KeyGroupSpan owned = durable.keyGroups();
        long[][] ids = new long[specs.size()][];
        int[] next = new int[specs.size()];
        for (int table = 0; table < ids.length; table++) {
            ids[table] = union(table);
        }
        for (int group = owned.first(); group <= owned.last(); group++) {
            byte[] value = value(group, ids, next);
            if (value != null || stored.get(group)) {
                durable.putMetadata(group, NAME, value);
                stored.set(group, value != null);
            }
        }
        stale = false;
    }

    private long[] union(int table) {
        if (versions.size() == 1) {
            return versions.get(0).ids()[table]; // In order already.
        }
        int length = versions.stream()
                .mapToInt(version -> version.ids()[table].length)
                .sum();
        long[] all = new long[length];
        int n = 0;
        for (Version version : versions) {
            System.arraycopy(version.ids()[table], 0, all, n, version.ids()[table].length);
            n += version.ids()[table].length;
        }
        return Arrays.copyOf(all, orders.get(table).sortDistinct(all, n));
    }

    /** The value of a key group, null when it has no such rows; {@code next} moves behind them. */
    private byte[] value(int group, long[][] ids, int[] next) {
        int[] from = next.clone();
        int bytes = 1;
        for (int table = 0; table < ids.length; table++) {
            while (next[table] < ids[table].length && orders.get(table).keyGroup(ids[table][next[table]]) == group) {
                next[table]++;
            }
            int count = next[table] - from[table];
            bytes += count == 0 ? 0 : 1 + names.get(table).length + Integer.BYTES + count * Long.BYTES;
        }
        if (bytes == 1) {
            return null;
        }
        ByteBuffer out =
                ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN).put(FORMAT);
        for (int table = 0; table < ids.length; table++) {
            if (next[table] > from[table]) {
                out.put((byte) names.get(table).length).put(names.get(table));
                out.putInt(next[table] - from[table]);
                for (int i = from[table]; i < next[table]; i++) {
                    out.putLong(ids[table][i]);
                }
            }
        }
        return out.array();
    }
}

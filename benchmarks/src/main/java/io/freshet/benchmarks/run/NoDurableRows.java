package io.freshet.benchmarks.run;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RowWalk;
import java.nio.ByteBuffer;

/** No second tier: the hot table is large enough for every row, so nothing is ever evicted or looked up again. */
public final class NoDurableRows implements DurableRows {
    @Override
    public void read(int table, long[] ids, int from, int count, FoundRow found) {}

    @Override
    public void write(int table, long[] ids, int from, int count, ByteBuffer values) {
        throw new IllegalStateException(
                "%d rows of table %d had to go, although a benchmark gives all its rows room in the hot table."
                        .formatted(count, table));
    }

    @Override
    public void delete(int table, long[] ids, int from, int count) {}

    @Override
    public RowWalk walk(int table) {
        return (maxRows, visitor) -> 0;
    }

    @Override
    public KeyGroupSpan keyGroups() {
        return new KeyGroupSpan(0, 0);
    }

    @Override
    public byte[] metadata(int keyGroup, String name) {
        return null;
    }

    @Override
    public void putMetadata(int keyGroup, String name, byte[] value) {}

    @Override
    public void forEach(Visitor visitor) {}
}

package io.freshet.benchmarks.run;

import io.freshet.store.durable.DurableRows;
import java.nio.ByteBuffer;

/** No second tier: the hot table is large enough for every row, so nothing is ever evicted or looked up again. */
final class NoDurableRows implements DurableRows {
    @Override
    public boolean read(int table, long id, ByteBuffer valueOut) {
        return false;
    }

    @Override
    public void write(int table, long id, ByteBuffer value) {
        throw new IllegalStateException(
                "Row %d of table %d had to go: a stream of a benchmark has at most %,d rows a table."
                        .formatted(id, table, ProgressiveRun.ROWS_MAX));
    }

    @Override
    public void forEach(Visitor visitor) {}
}

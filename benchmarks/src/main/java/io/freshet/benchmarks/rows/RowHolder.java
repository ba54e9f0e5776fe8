package io.freshet.benchmarks.rows;

import java.nio.FloatBuffer;

/** Holds every row of a table, and reads rows by id. Single-threaded. */
interface RowHolder extends AutoCloseable {
    /** As in the table that is printed. */
    String name();

    /**
     * Reads batch after batch.
     *
     * @param batches ids, each of a row that exists; repetitions allowed
     * @param out [ids of a batch, width], direct: each batch is written from 0 on, over the one before
     */
    void gather(long[][] batches, FloatBuffer out);

    @Override
    void close();
}

package io.freshet.flink.rows;

import java.nio.FloatBuffer;

/**
 * Reads rows for the trainer, against the stream's direction. A read has no effect: a row that does not exist yet comes
 * back with its initial values and still does not exist.
 *
 * <p>One thread uses a reader at a time.
 */
public interface RowReader {
    /**
     * Weights of the rows ids[0 .. count) of a table.
     *
     * @param out [count, width], filled from its position on, row after row
     * @throws RowReadException when an owner cannot be asked or does not answer in time
     */
    void read(int table, long[] ids, int count, FloatBuffer out);
}

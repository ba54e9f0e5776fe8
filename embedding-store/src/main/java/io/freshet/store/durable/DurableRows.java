package io.freshet.store.durable;

import java.nio.ByteBuffer;

/**
 * Where rows live for good: a map from (table, id) to the bytes of a row. {@code RowTables} is its only user; it reads
 * on a miss of the hot tier, writes behind, and does the sorting and the checking of bytes, so that an implementation
 * only keeps them.
 *
 * <p>Every id is legal, 0 and negative ones included. Threads: as those of the {@code RowTables} on top, one owner.
 * Failures of the medium are thrown unchecked, naming table and id.
 */
public interface DurableRows {
    /**
     * Looks a row up.
     *
     * @param valueOut written to by relative puts from its position on, which is how the caller knows the length; left
     *     alone when there is no such row. Bytes left over from earlier use may lie behind the position
     * @return whether the row exists
     * @throws java.nio.BufferOverflowException when the value is longer than the room in {@code valueOut}
     */
    boolean read(int table, long id, ByteBuffer valueOut);

    /**
     * Adds or replaces a row. Many writes in a row come sorted by (key group, table, id), ids as signed numbers; a
     * single row that has to make room in the hot tier comes on its own.
     *
     * @param value from position to limit; the caller reuses it, so an implementation copies what it keeps. Its
     *     position is free to move
     */
    void write(int table, long id, ByteBuffer value);

    /** Visits every row once, in an order of the implementation's choice. Nothing is read or written meanwhile. */
    void forEach(Visitor visitor);

    /** Sees the rows of {@link #forEach}. */
    @FunctionalInterface
    interface Visitor {
        /** One row; {@code value}, from position to limit, is only valid during the call. */
        void row(int table, long id, ByteBuffer value);
    }
}

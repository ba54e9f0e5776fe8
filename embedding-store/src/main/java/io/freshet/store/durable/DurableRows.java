package io.freshet.store.durable;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;

/**
 * Where rows live for good: a map from (table, id) to the bytes of a row, and beside it small values per key group.
 * {@code RowTables} is its only user; it reads on a miss of the hot tier, writes behind, and does the checking of bytes,
 * so that an implementation only keeps them.
 *
 * <p>Rows come and go in batches, as a medium below asks for its price per call. A batch is of one table and names no row
 * twice. Its order is free; by (key group, id as an unsigned number) it is cheapest. What was written or deleted is seen
 * by every later call, whether or not a checkpoint has come between.
 *
 * <p>Every id is legal, 0 and negative ones included. Threads: as those of the {@code RowTables} on top, one owner.
 * Failures of the medium are thrown unchecked, naming the table.
 */
public interface DurableRows {
    /**
     * Looks rows up.
     *
     * @param ids rows {@code ids[from .. from + count)}, each once
     * @param found sees those that exist, in the order of {@code ids}
     */
    void read(int table, long[] ids, int from, int count, FoundRow found);

    /**
     * Adds or replaces rows, all of one length.
     *
     * @param ids rows {@code ids[from .. from + count)}, each once
     * @param values [count, bytes of a row], from position to limit; the caller reuses it, so an implementation copies
     *     what it keeps. Its position is free to move. Direct it is fastest
     * @throws IllegalArgumentException when the bytes are no multiple of {@code count}
     */
    void write(int table, long[] ids, int from, int count, ByteBuffer values);

    /** Removes rows {@code ids[from .. from + count)}, each named once; those that do not exist are passed over. */
    void delete(int table, long[] ids, int from, int count);

    /**
     * Begins a walk over the rows of a table in steps, with other calls between them: a row that is there from beginning
     * to end is seen once, one that is written or deleted meanwhile at most once.
     */
    RowWalk walk(int table);

    /** The key groups that are kept here: every row belongs to one of them. */
    KeyGroupSpan keyGroups();

    /**
     * A value that belongs to a key group rather than to a row, and goes with it when groups change hands.
     *
     * @return the bytes last put under that name, the caller's to keep; null when there are none
     */
    byte[] metadata(int keyGroup, String name);

    /** Adds or replaces a value of a key group; null removes it. At most a few hundred kilobytes each. */
    void putMetadata(int keyGroup, String name, byte[] value);

    /** Visits every row of every table once. Nothing is read or written meanwhile. */
    void forEach(Visitor visitor);

    /**
     * Looks a single row up.
     *
     * @param valueOut written to by relative puts from its position on, which is how the caller knows the length; left
     *     alone when there is no such row. Bytes left over from earlier use may lie behind the position
     * @return whether the row exists
     * @throws BufferOverflowException when the value is longer than the room in {@code valueOut}
     */
    default boolean read(int table, long id, ByteBuffer valueOut) {
        int before = valueOut.position();
        boolean[] exists = {false};
        read(table, new long[] {id}, 0, 1, (index, value) -> {
            if (value.remaining() > valueOut.remaining()) {
                throw new BufferOverflowException();
            }
            valueOut.put(before, value, value.position(), value.remaining());
            valueOut.position(before + value.remaining());
            exists[0] = true;
        });
        return exists[0];
    }

    /** Adds or replaces a single row, as {@link #write(int, long[], int, int, ByteBuffer)}. */
    default void write(int table, long id, ByteBuffer value) {
        write(table, new long[] {id}, 0, 1, value);
    }

    /** Sees the rows of {@link #read(int, long[], int, int, FoundRow)}. */
    @FunctionalInterface
    interface FoundRow {
        /**
         * One row that exists.
         *
         * @param index its place in the batch, from 0
         * @param value from position to limit, only valid during the call; its position and byte order are free to change
         */
        void row(int index, ByteBuffer value);
    }

    /** Sees the rows of {@link #forEach} and of {@link RowWalk}. */
    @FunctionalInterface
    interface Visitor {
        /** One row; {@code value}, from position to limit, is only valid during the call. */
        void row(int table, long id, ByteBuffer value);
    }
}

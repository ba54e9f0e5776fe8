package io.freshet.store.hot;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Remembers which rows left a table last, about as many as the table holds, by 32 bits of their hashes: 4 bytes a row.
 *
 * <p>A hash has a bucket of one line of the nearest caches, which forgets its oldest hash for a new one. So every hash
 * stays for 16 others of its bucket, a number that differs by a quarter from row to row; and one row of several hundred
 * million is taken for another one.
 *
 * <p>Threads: one.
 */
final class RecentlyLeft {
    /** Of memory, per row of the table. */
    static final int BYTES_PER_ROW = Integer.BYTES;

    private static final int HASHES = 16;
    private static final int BUCKET_BYTES = HASHES * Integer.BYTES;

    private final int buckets;

    /** Taken when the first row leaves; a table that never fills up needs none. */
    private ByteBuffer memory;

    private long address;

    /** For a table of so many rows. */
    RecentlyLeft(int rows) {
        buckets = Math.max(1, rows / HASHES);
    }

    long bytes() {
        return memory == null ? 0 : memory.capacity();
    }

    /** A row leaves. */
    void add(long hash) {
        if (memory == null) {
            memory = RawMemory.allocate(buckets * BUCKET_BYTES);
            address = RawMemory.address(memory);
        }
        long bucket = bucket(hash);
        RawMemory.copy(bucket, bucket + Integer.BYTES, BUCKET_BYTES - Integer.BYTES);
        RawMemory.putInt(bucket, mark(hash));
        Reference.reachabilityFence(memory);
    }

    /** Whether a row has left not long ago; forgets it. */
    boolean take(long hash) {
        if (memory == null) {
            return false;
        }
        long bucket = bucket(hash);
        int mark = mark(hash);
        boolean found = false;
        for (int at = 0; at < BUCKET_BYTES && !found; at += Integer.BYTES) {
            found = RawMemory.getInt(bucket + at) == mark;
            if (found) {
                RawMemory.putInt(bucket + at, 0);
            }
        }
        Reference.reachabilityFence(memory);
        return found;
    }

    /** By the upper half of the hash, the mark by the lower one, so that they have nothing to do with each other. */
    private long bucket(long hash) {
        return address + ((hash >>> 32) * buckets >>> 32) * BUCKET_BYTES;
    }

    /** Never 0, which marks a free place. */
    private static int mark(long hash) {
        return (int) hash | 1;
    }
}

package io.freshet.store.table;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.KeyGroupSpan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The newest event time of all gradients that a shard has applied: what rows expire by. A value of every key group, 8 bytes
 * of milliseconds, little-endian, so that a shard which takes key groups over goes on from the latest of them.
 *
 * <p>Threads: one.
 */
final class EventClock {
    /** Name of the value of a key group. */
    static final String NAME = "event-clock";

    private final DurableRows durable;
    private long nowMs = Long.MIN_VALUE;
    private boolean stale;

    /** Goes on from the state. */
    EventClock(DurableRows durable) {
        this.durable = durable;
        KeyGroupSpan owned = durable.keyGroups();
        for (int group = owned.first(); group <= owned.last(); group++) {
            byte[] value = durable.metadata(group, NAME);
            if (value != null) {
                advance(ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong());
            }
        }
    }

    /** Milliseconds since the epoch; the smallest long before the first gradient. */
    long nowMs() {
        return nowMs;
    }

    /** Never goes back. */
    void advance(long timeMs) {
        if (timeMs > nowMs) {
            nowMs = timeMs;
            stale = true;
        }
    }

    /** Brings the state up to date. */
    void store() {
        if (!stale) {
            return;
        }
        byte[] value = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(nowMs)
                .array();
        KeyGroupSpan owned = durable.keyGroups();
        for (int group = owned.first(); group <= owned.last(); group++) {
            durable.putMetadata(group, NAME, value);
        }
        stale = false;
    }
}

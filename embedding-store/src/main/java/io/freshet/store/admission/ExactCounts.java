package io.freshet.store.admission;

import io.freshet.store.hash.Mix64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One counter per row. Takes 9 to 18 bytes for each row that waits.
 *
 * <p>Kept in one part, little-endian: {@code u8 format = 1, i64 period, then for each row i64 id, u8 count}.
 */
public final class ExactCounts implements TouchCounts {
    private static final int HEADER_BYTES = 1 + Long.BYTES;
    private static final int ROW_BYTES = Long.BYTES + 1;
    private static final int INITIAL_PLACES = 16;

    private final Decay decay;

    /** Open addressing with linear probing, a power of two long, at most half full; a count of 0 marks a free place. */
    private long[] ids = new long[INITIAL_PLACES];

    private byte[] counts = new byte[INITIAL_PLACES];
    private int size;
    private long period = Long.MIN_VALUE;
    private boolean stale;

    public ExactCounts(Decay decay) {
        this.decay = decay;
    }

    @Override
    public int touch(long id, long clockMs) {
        age(decay.period(clockMs));
        stale = true;
        int place = place(id);
        if (counts[place] == 0) {
            if (2 * (size + 1) > ids.length) {
                rehash(2 * ids.length, 0);
                place = place(id);
            }
            ids[place] = id;
            size++;
        }
        int count = Math.min(MAX, Byte.toUnsignedInt(counts[place]) + 1);
        counts[place] = (byte) count;
        return count;
    }

    @Override
    public void forget(long id) {
        int gap = place(id);
        if (counts[gap] == 0) {
            return;
        }
        stale = true;
        size--;
        int mask = ids.length - 1;
        for (int next = gap + 1 & mask; counts[next] != 0; next = next + 1 & mask) {
            // The entry may move back to the gap unless that is before its home.
            if ((next - home(ids[next]) & mask) >= (next - gap & mask)) {
                ids[gap] = ids[next];
                counts[gap] = counts[next];
                gap = next;
            }
        }
        counts[gap] = 0;
    }

    @Override
    public double errorBound() {
        return 0;
    }

    @Override
    public void store(Parts parts) {
        if (!stale) {
            return;
        }
        stale = false;
        if (size == 0) {
            parts.put(0, null);
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + size * ROW_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(CountsFormat.EXACT.number())
                .putLong(period);
        for (int place = 0; place < ids.length; place++) {
            if (counts[place] != 0) {
                out.putLong(ids[place]).put(counts[place]);
            }
        }
        parts.put(0, out.array());
    }

    @Override
    public void restore(StoredParts stored) {
        byte[] value = stored.get(0);
        if (!CountsFormat.EXACT.isOf(value)) {
            return;
        }
        if (value.length < HEADER_BYTES || (value.length - HEADER_BYTES) % ROW_BYTES != 0) {
            throw CountsFormat.cut(value);
        }
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).position(1);
        period = in.getLong();
        int rows = in.remaining() / ROW_BYTES;
        rehash(Integer.highestOneBit(Math.max(INITIAL_PLACES, 4 * rows)), 0);
        for (int row = 0; row < rows; row++) {
            long id = in.getLong();
            int place = place(id);
            ids[place] = id;
            counts[place] = in.get();
            size++;
        }
    }

    private void age(long now) {
        if (now > period) {
            rehash(ids.length, now - period);
            period = now;
        }
    }

    private void rehash(int places, long periods) {
        long[] oldIds = ids;
        byte[] oldCounts = counts;
        ids = new long[places];
        counts = new byte[places];
        size = 0;
        for (int old = 0; old < oldIds.length; old++) {
            // Before the first touch the period is long ago, and nothing is counted.
            int count = Decay.aged(Byte.toUnsignedInt(oldCounts[old]), periods);
            if (count > 0) {
                int place = place(oldIds[old]);
                ids[place] = oldIds[old];
                counts[place] = (byte) count;
                size++;
            }
        }
    }

    private int place(long id) {
        int place = home(id);
        while (counts[place] != 0 && ids[place] != id) {
            place = place + 1 & ids.length - 1;
        }
        return place;
    }

    private int home(long id) {
        return (int) Mix64.mix(id) & ids.length - 1;
    }
}

package io.freshet.store.expiry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * When the rows of one table in one key group were last updated, counted in buckets of time, and from which time on rows
 * are live. What was last updated before that is gone, whether or not its bytes are still somewhere.
 *
 * <pre>
 *   gone            | liveFrom                        newest update
 *   ................|  3 |  0 | 12 | 40 | 7 | ... | 210 |
 * </pre>
 *
 * <p>Rows go by whole buckets, so a row may stay a bucket longer than it has to. A bucket is a power of two of milliseconds
 * long: between 1/256 and 1/128 of the time after which rows expire; when the {@value #BUCKETS} buckets do not reach from
 * the oldest row to the newest any more, they become twice as long. Rows of the newest bucket never have to make room.
 *
 * <p>Bytes, little-endian: {@code u8 format = 1, u8 log2 of the bucket's milliseconds, i64 live from, i64 rows to be swept,
 * i64 limit of the last expiry in buckets, i64 number of the first bucket, i32[] rows per bucket}.
 *
 * <p>Depends on the calls alone. Threads: one.
 */
public final class RowAges {
    private static final byte FORMAT = 1;
    private static final int BUCKETS = 256;
    private static final int HEADER_BYTES = 2 + 4 * Long.BYTES;

    private final ExpiryRule rule;
    private final int[] counts = new int[BUCKETS];

    /** A bucket is 2^shift milliseconds. */
    private int shift;

    /** Number of the bucket of counts[0]: its times over its length. */
    private long first;

    private long rows;
    private long liveFrom = Long.MIN_VALUE;
    private long unswept;

    /** The limit of the last {@link #expire}, as a number of a bucket. */
    private long lastLimit = Long.MIN_VALUE;

    /** Without rows. */
    public RowAges(ExpiryRule rule) {
        this.rule = rule;
        // The largest power of two that is at most 1/128 of the time, or 1 ms to start with.
        shift = 63 - Long.numberOfLeadingZeros(Math.max(1, rule.afterMs() / (BUCKETS / 2)));
    }

    /** Rows that are live. */
    public long rows() {
        return rows;
    }

    /** What was last updated before this is gone. */
    public long liveFrom() {
        return liveFrom;
    }

    /** Rows that are gone, but may still be stored. */
    public long unswept() {
        return unswept;
    }

    /** So many of those are stored no more. */
    public void swept(long count) {
        unswept = Math.max(0, unswept - count);
    }

    /** A row has come, last updated then. */
    public void add(long timeMs) {
        makeRoomFor(timeMs);
        counts[(int) ((timeMs >> shift) - first)]++;
        rows++;
    }

    /** A live row was updated again. */
    public void move(long fromMs, long toMs) {
        if (fromMs >> shift != toMs >> shift) {
            counts[(int) ((fromMs >> shift) - first)]--;
            rows--;
            add(toMs);
        }
    }

    /** Whether {@link #expire} would do anything, be it only to remember that it was called. */
    public boolean isDue(long clockMs) {
        return rule.limit(clockMs) >> shift != lastLimit || rule.maxRows() > 0 && rows > rule.maxRows();
    }

    /**
     * Lets rows go by the rule.
     *
     * @param clockMs event time that the table has come to; never less than at the call before
     * @return how many went
     */
    public long expire(long clockMs) {
        if (!isDue(clockMs)) {
            return 0;
        }
        long limit = rule.limit(clockMs) >> shift;
        lastLimit = limit;
        long before = rows;
        int gone = bucketsToGo(limit);
        for (int i = 0; i < gone; i++) {
            rows -= counts[i];
            counts[i] = 0;
        }
        unswept += before - rows;
        if (gone > 0) {
            liveFrom = Math.max(liveFrom, first + gone << shift);
        }
        // Unless old rows had to stay, what comes too late from now on does not begin to live.
        if (rows == 0 || first + oldest() >= limit) {
            liveFrom = Math.max(liveFrom, limit << shift);
        }
        return before - rows;
    }

    /** How many rows the rule would let go now. */
    public long wouldExpire(long clockMs) {
        long would = 0;
        int gone = bucketsToGo(rule.limit(clockMs) >> shift);
        for (int i = 0; i < gone; i++) {
            would += counts[i];
        }
        return would;
    }

    /** How many of the first buckets have to go; the last of them holds rows. */
    private int bucketsToGo(long limit) {
        long left = rows;
        int gone = 0;
        int newest = rows == 0 ? -1 : newest();
        for (int i = 0; i <= newest; i++) {
            boolean tooOld = first + i < limit;
            boolean tooMany = rule.maxRows() > 0 && left > rule.maxRows() && i < newest;
            if (!tooOld && !tooMany || left - counts[i] < rule.minRows()) {
                break;
            }
            left -= counts[i];
            gone = counts[i] > 0 ? i + 1 : gone;
        }
        return gone;
    }

    private void makeRoomFor(long timeMs) {
        if (rows == 0) {
            first = timeMs >> shift;
            return;
        }
        for (long bucket = timeMs >> shift; bucket < first || bucket - first >= BUCKETS; bucket = timeMs >> shift) {
            int oldest = oldest();
            int newest = newest();
            long from = Math.min(bucket, first + oldest);
            long to = Math.max(bucket, first + newest);
            if (to - from < BUCKETS) {
                System.arraycopy(counts, oldest, counts, (int) (first + oldest - from), newest - oldest + 1);
                Arrays.fill(counts, 0, (int) (first + oldest - from), 0);
                Arrays.fill(counts, (int) (first + newest - from) + 1, BUCKETS, 0);
                first = from;
            } else {
                widen();
            }
        }
    }

    /** The first bucket with rows; there must be some. */
    private int oldest() {
        int oldest = 0;
        while (counts[oldest] == 0) {
            oldest++;
        }
        return oldest;
    }

    /** The last bucket with rows; there must be some. */
    private int newest() {
        int newest = BUCKETS - 1;
        while (counts[newest] == 0) {
            newest--;
        }
        return newest;
    }

    private void widen() {
        int[] wider = new int[BUCKETS];
        long widerFirst = first >> 1;
        for (int i = 0; i < BUCKETS; i++) {
            wider[(int) ((first + i >> 1) - widerFirst)] += counts[i];
        }
        System.arraycopy(wider, 0, counts, 0, BUCKETS);
        first = widerFirst;
        shift++;
        lastLimit = Long.MIN_VALUE;
    }

    /** As bytes. */
    public byte[] encode() {
        int used = BUCKETS;
        while (used > 0 && counts[used - 1] == 0) {
            used--;
        }
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + used * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(FORMAT)
                .put((byte) shift)
                .putLong(liveFrom)
                .putLong(unswept)
                .putLong(lastLimit)
                .putLong(first);
        for (int i = 0; i < used; i++) {
            out.putInt(counts[i]);
        }
        return out.array();
    }

    /**
     * From bytes; the rule may be another one than that of before.
     *
     * @throws IllegalStateException when this program does not know the format
     */
    public static RowAges decode(byte[] value, ExpiryRule rule) {
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        byte format = in.get();
        if (format != FORMAT) {
            throw new IllegalStateException(
                    "The ages of rows are stored in format %d, and this program reads format %d only. Run the program that wrote them, or a newer one."
                            .formatted(format, FORMAT));
        }
        RowAges ages = new RowAges(rule);
        ages.shift = in.get();
        ages.liveFrom = in.getLong();
        ages.unswept = in.getLong();
        ages.lastLimit = in.getLong();
        ages.first = in.getLong();
        for (int i = 0; in.hasRemaining(); i++) {
            ages.counts[i] = in.getInt();
            ages.rows += ages.counts[i];
        }
        return ages;
    }
}

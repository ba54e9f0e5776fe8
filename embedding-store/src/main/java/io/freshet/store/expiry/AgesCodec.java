package io.freshet.store.expiry;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of one key group's ages, to bytes and back. Little-endian; numbers marked v have 7 bits per byte, low ones
 * first, and the high bit of all bytes but the last set.
 *
 * <pre>
 *   u8 format = 2 | u8 whether rows are counted | i64 live from | i64 rows to be swept
 *   for each bucket with rows, oldest first:
 *     u8 log2 of its milliseconds | v milliseconds from the end of the one before, or from 0, to its start | v rows
 * </pre>
 *
 * <p>Format 1, still read, had 256 buckets of one length:
 *
 * <pre>
 *   u8 format = 1 | u8 log2 of a bucket's milliseconds | i64 live from | i64 rows to be swept | i64 not used any more
 *   i64 start of the first bucket in lengths | i32[] rows per bucket
 * </pre>
 */
final class AgesCodec {
    private static final byte FORMAT = 2;
    private static final byte SAME_LENGTHS = 1;
    private static final int HEADER_BYTES = 2 + 2 * Long.BYTES;

    private AgesCodec() {}

    /** Rows of a key group in one bucket. */
    record Bucket(long start, int level, int rows) {}

    /**
     * A key group.
     *
     * @param counted whether its rows are in the buckets
     */
    record Group(long liveFrom, long unswept, boolean counted, List<Bucket> buckets) {}

    static byte[] encode(Group group) {
        byte[] header = ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(FORMAT)
                .put((byte) (group.counted() ? 1 : 0))
                .putLong(group.liveFrom())
                .putLong(group.unswept())
                .array();
        ByteArrayOutputStream out =
                new ByteArrayOutputStream(HEADER_BYTES + 5 * group.buckets().size());
        out.writeBytes(header);
        long end = 0;
        for (Bucket bucket : group.buckets()) {
            out.write(bucket.level());
            writeNumber(out, bucket.start() - end);
            writeNumber(out, bucket.rows());
            end = bucket.start() + (1L << bucket.level());
        }
        return out.toByteArray();
    }

    static Group decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        byte format = in.get();
        if (format == SAME_LENGTHS) {
            return decodeSameLengths(in);
        }
        if (format != FORMAT) {
            throw new IllegalStateException(
                    ("The ages of rows are stored in format %d, and this program reads formats up to %d. Run the program "
                                    + "that wrote them, or a newer one.")
                            .formatted(format, FORMAT));
        }
        boolean counted = in.get() == 1;
        long liveFrom = in.getLong();
        long unswept = in.getLong();
        List<Bucket> buckets = new ArrayList<>();
        long end = 0;
        while (in.hasRemaining()) {
            int level = in.get();
            long start = end + readNumber(in);
            buckets.add(new Bucket(start, level, (int) readNumber(in)));
            end = start + (1L << level);
        }
        return new Group(liveFrom, unswept, counted, buckets);
    }

    private static Group decodeSameLengths(ByteBuffer in) {
        int level = in.get();
        long liveFrom = in.getLong();
        long unswept = in.getLong();
        in.getLong();
        List<Bucket> buckets = new ArrayList<>();
        for (long number = in.getLong(); in.hasRemaining(); number++) {
            int rows = in.getInt();
            if (rows > 0) {
                buckets.add(new Bucket(number << level, level, rows));
            }
        }
        return new Group(liveFrom, unswept, true, buckets);
    }

    private static void writeNumber(ByteArrayOutputStream out, long number) {
        long left = number;
        while ((left & ~0x7f) != 0) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    private static long readNumber(ByteBuffer in) {
        long number = 0;
        byte next = in.get();
        for (int shift = 0; ; shift += 7) {
            number |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return number;
            }
            next = in.get();
        }
    }
}

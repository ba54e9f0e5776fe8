package io.freshet.serving.follow;

import com.google.protobuf.ByteString;
import io.freshet.contracts.update.proto.Precision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows that wait for their version, packed: a few bytes more than they have in the topic, and no object per row.
 *
 * <pre>
 *   i32 table | i64 id | u8 precision | i32 length | weights
 * </pre>
 *
 * <p>A tombstone has precision 255, and no weights.
 */
final class RowBuffer {
    private static final int HEADER = 4 + 8 + 1 + 4;
    private static final byte TOMBSTONE = -1;
    private static final int FIRST_PAGE = 1 << 10;
    private static final int PAGE = 1 << 20;

    private final List<ByteBuffer> pages = new ArrayList<>();
    private ByteBuffer page = ByteBuffer.allocate(0);

    void add(int table, long id, Precision precision, ByteString weights) {
        add(table, id, (byte) precision.getNumber(), weights);
    }

    void addTombstone(int table, long id) {
        add(table, id, TOMBSTONE, ByteString.EMPTY);
    }

    private void add(int table, long id, byte kind, ByteString weights) {
        int size = HEADER + weights.size();
        if (page.remaining() < size) {
            int grown = Math.min(PAGE, Math.max(FIRST_PAGE, 2 * page.capacity()));
            page = ByteBuffer.allocate(Math.max(size, grown));
            pages.add(page);
        }
        page.putInt(table).putLong(id).put(kind).putInt(weights.size());
        weights.copyTo(page.array(), page.position());
        page.position(page.position() + weights.size());
    }

    /** Writes all rows on, in the order in which they came. */
    void replay(LineageRows out) {
        for (ByteBuffer written : pages) {
            ByteBuffer in = written.duplicate().flip();
            while (in.hasRemaining()) {
                int table = in.getInt();
                long id = in.getLong();
                byte kind = in.get();
                int length = in.getInt();
                if (kind == TOMBSTONE) {
                    out.remove(table, id);
                } else {
                    out.write(table, id, Precision.forNumber(kind), in.slice(in.position(), length));
                }
                in.position(in.position() + length);
            }
        }
    }
}

package io.freshet.contracts.update;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C over the rows that a shard writes to a partition: of each row its key, then its weights. Writer and readers each
 * keep one along; the marker compares them. One thread.
 */
public final class RowChecksum {
    private final CRC32C crc = new CRC32C();
    private long rows;

    /** The next row, in the order written. */
    public void add(byte[] key, byte[] weights) {
        crc.update(key);
        crc.update(weights);
        rows++;
    }

    /** The next row, in the order written. */
    public void add(byte[] key, ByteString weights) {
        crc.update(key);
        update(crc, weights);
        rows++;
    }

    /** Over all rows so far. */
    public int value() {
        return (int) crc.getValue();
    }

    /** How many rows that is. */
    public long rows() {
        return rows;
    }

    /** CRC-32C of bytes that stand alone, such as a chunk of dense weights. */
    public static int of(ByteString bytes) {
        CRC32C crc = new CRC32C();
        update(crc, bytes);
        return (int) crc.getValue();
    }

    private static void update(CRC32C crc, ByteString bytes) {
        for (ByteBuffer part : bytes.asReadOnlyByteBufferList()) {
            crc.update(part);
        }
    }
}

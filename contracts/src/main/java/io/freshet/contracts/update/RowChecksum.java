package io.freshet.contracts.update;

import java.util.zip.CRC32C;

/** CRC-32C over the rows that a shard writes to a partition: of each row its key, then its weights. One thread. */
public final class RowChecksum {
    private final CRC32C crc = new CRC32C();

    /** The next row, in the order written. */
    public void add(byte[] key, byte[] weights) {
        crc.update(key);
        crc.update(weights);
    }

    /** Over all rows so far. */
    public int value() {
        return (int) crc.getValue();
    }
}

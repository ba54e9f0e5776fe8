package io.freshet.model.script;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A zip as torch writes it: entries are stored, not deflated, and the numbers of a tensor begin at a multiple of 64 bytes,
 * so that a reader can map them straight from the file. The same entries give the same bytes. Not thread-safe.
 */
final class ArchiveZip implements AutoCloseable {
    private static final int ALIGNMENT = 64;
    /** Length of a zip's local file header without name and extra field. */
    private static final int LOCAL_HEADER = 30;
    /** torch's own name for an extra field that only fills. */
    private static final byte[] FILLER = {'F', 'B'};

    /** The first day of a zip's calendar would be written in an extra field of its own, which shifts what follows. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 2, 0, 0);

    private static final int BLOCK_FLOATS = 1 << 16;

    private final Counting counting;
    private final ZipOutputStream zip;
    private final String root;

    /** A zip whose entries all lie in the folder {@code root}. */
    ArchiveZip(OutputStream out, String root) {
        counting = new Counting(out);
        zip = new ZipOutputStream(counting);
        this.root = root;
    }

    void entry(String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        begin(name, content.length, crc);
        zip.write(content);
        zip.closeEntry();
    }

    /** The numbers of a tensor, 32-bit little-endian floats. */
    void floats(String name, float[] values) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        CRC32 crc = new CRC32();
        for (int from = 0; from < values.length; from += BLOCK_FLOATS) {
            crc.update(block(block, values, from));
        }
        begin(name, (long) Float.BYTES * values.length, crc);
        for (int from = 0; from < values.length; from += BLOCK_FLOATS) {
            zip.write(block.array(), 0, block(block, values, from).limit());
        }
        zip.closeEntry();
    }

    private static ByteBuffer block(ByteBuffer block, float[] values, int from) {
        int count = Math.min(BLOCK_FLOATS, values.length - from);
        block.clear().limit(count * Float.BYTES);
        block.asFloatBuffer().put(values, from, count);
        return block;
    }

    private void begin(String name, long size, CRC32 crc) throws IOException {
        ZipEntry entry = new ZipEntry(root + "/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(size);
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(TIME);
        if (name.startsWith("data/")) {
            int nameBytes = entry.getName().getBytes(StandardCharsets.UTF_8).length;
            long unfilled = counting.written + LOCAL_HEADER + nameBytes + FILLER.length + Short.BYTES;
            int fill = (int) (-unfilled & ALIGNMENT - 1);
            entry.setExtra(ByteBuffer.allocate(FILLER.length + Short.BYTES + fill)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(FILLER)
                    .putShort((short) fill)
                    .array());
        }
        zip.putNextEntry(entry);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private static final class Counting extends FilterOutputStream {
        private long written;

        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            written++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            written += length;
        }
    }
}

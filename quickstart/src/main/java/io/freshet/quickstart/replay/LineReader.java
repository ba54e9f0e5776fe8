package io.freshet.quickstart.replay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Lines of a file as bytes, without their ends; empty lines are left out. */
final class LineReader implements AutoCloseable {
    private final Path file;
    private final InputStream bytes;

    LineReader(Path file, InputStream bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /** The next line, or null at the end of the file. */
    byte[] next() {
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream(256);
            int b = bytes.read();
            while (b >= 0) {
                if (b != '\n') {
                    line.write(b);
                } else if (!isEmpty(line)) {
                    return withoutCarriageReturn(line);
                } else {
                    line.reset();
                }
                b = bytes.read();
            }
            return isEmpty(line) ? null : withoutCarriageReturn(line);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read on in " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close " + file, e);
        }
    }

    private static boolean isEmpty(ByteArrayOutputStream line) {
        return line.size() == 0 || line.size() == 1 && line.toByteArray()[0] == '\r';
    }

    private static byte[] withoutCarriageReturn(ByteArrayOutputStream line) {
        byte[] all = line.toByteArray();
        if (all[all.length - 1] != '\r') {
            return all;
        }
        return Arrays.copyOf(all, all.length - 1);
    }
}

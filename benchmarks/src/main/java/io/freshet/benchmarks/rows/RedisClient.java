package io.freshet.benchmarks.rows;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Speaks as much of Redis's protocol (RESP2) as SET and MGET of rows need: requests are gathered and sent when asked
 * to, answers are read later and go straight into floats. So it costs the peer less than a client that makes an object
 * per value. A key is the 8 bytes of an id, little-endian. Single-threaded.
 */
final class RedisClient implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] KEY_HEAD = ascii("$" + Long.BYTES + "\r\n");

    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .limit(0);

    RedisClient(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    /** Gathers a request to set one key; its answer is one {@link #readOk}. */
    void set(long id, byte[] value) throws IOException {
        byte[] head = ascii("*3\r\n$3\r\nSET\r\n");
        byte[] valueHead = ascii("$" + value.length + "\r\n");
        makeRoom(head.length + KEY_HEAD.length + Long.BYTES + valueHead.length + value.length + 2 * LINE_END.length);
        out.put(head).put(KEY_HEAD).putLong(id).put(LINE_END);
        out.put(valueHead).put(value).put(LINE_END);
    }

    /** Gathers a request for the values of {@code ids[from .. to)}; its answer is one {@link #readRows}. */
    void get(long[] ids, int from, int to) throws IOException {
        byte[] head = ascii("*" + (to - from + 1) + "\r\n$4\r\nMGET\r\n");
        makeRoom(head.length);
        out.put(head);
        for (int i = from; i < to; i++) {
            makeRoom(KEY_HEAD.length + Long.BYTES + LINE_END.length);
            out.put(KEY_HEAD).putLong(ids[i]).put(LINE_END);
        }
    }

    /** Sends what was gathered. */
    void send() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    /** Reads the answer to a {@link #set}. */
    void readOk() throws IOException {
        readCount('+');
    }

    /** Reads the answer to a {@link #get}, rows of {@code width} floats. */
    void readRows(int width, FloatBuffer rows) throws IOException {
        int count = readCount('*');
        for (int i = 0; i < count; i++) {
            int bytes = readCount('$');
            if (bytes != width * Float.BYTES) {
                throw new IOException(
                        "Redis gave a value of %d bytes for a row of %d floats; -1 means that it has none."
                                .formatted(bytes, width));
            }
            await(bytes + LINE_END.length);
            rows.put(in.slice(in.position(), bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer());
            in.position(in.position() + bytes + LINE_END.length);
        }
    }

    /** Reads a line of a kind and gives the number in it, if there is one. */
    private int readCount(char kind) throws IOException {
        await(1);
        char found = (char) in.get();
        int number = 0;
        int sign = 1;
        StringBuilder text = found == kind ? null : new StringBuilder();
        while (true) {
            await(1);
            byte next = in.get();
            if (next == '\r') {
                await(1);
                in.get();
                break;
            }
            if (text != null) {
                text.append((char) next);
            }
            sign = next == '-' ? -1 : sign;
            number = next >= '0' && next <= '9' ? 10 * number + next - '0' : number;
        }
        if (text != null) {
            throw new IOException("Redis should have answered with '%c', but said: %c%s".formatted(kind, found, text));
        }
        return sign * number;
    }

    private void await(int bytes) throws IOException {
        if (in.remaining() >= bytes) {
            return;
        }
        in.compact();
        while (in.position() < bytes) {
            if (channel.read(in) < 0) {
                throw new EOFException("redis-server closed the connection");
            }
        }
        in.flip();
    }

    private void makeRoom(int bytes) throws IOException {
        if (out.remaining() < bytes) {
            send();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

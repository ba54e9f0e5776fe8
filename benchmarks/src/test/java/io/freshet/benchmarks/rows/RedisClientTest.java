package io.freshet.benchmarks.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against answers and requests written down byte by byte. */
class RedisClientTest {
    @TempDir
    private Path folder;

    private ServerSocketChannel listening;
    private RedisClient client;
    private SocketChannel server;

    @BeforeEach
    void connect() throws IOException {
        Path socket = folder.resolve("s");
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        client = new RedisClient(socket);
        server = listening.accept();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        server.close();
        listening.close();
    }

    @Test
    void asksForSeveralKeysAtOnce() throws IOException {
        client.get(new long[] {9, 1, 256}, 1, 3);
        client.send();
        assertThat(received()).isEqualTo("*3\r\n$4\r\nMGET\r\n$8\r\n\1\0\0\0\0\0\0\0\r\n$8\r\n\0\1\0\0\0\0\0\0\r\n");
    }

    @Test
    void setsAKeyToBytes() throws IOException {
        client.set(1, "ab".getBytes(StandardCharsets.ISO_8859_1));
        client.send();
        assertThat(received()).isEqualTo("*3\r\n$3\r\nSET\r\n$8\r\n\1\0\0\0\0\0\0\0\r\n$2\r\nab\r\n");
    }

    @Test
    void readsRowsInTheOrderAskedFor() throws IOException {
        ByteBuffer two = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1.5f)
                .putFloat(-2f);
        answer("*2\r\n$8\r\n");
        server.write(two.flip());
        answer("\r\n$8\r\n");
        server.write(two.rewind());
        answer("\r\n");
        FloatBuffer rows = FloatBuffer.allocate(4);
        client.readRows(2, rows);
        assertThat(rows.array()).containsExactly(1.5f, -2f, 1.5f, -2f);
    }

    @Test
    void aKeyThatIsMissingIsAnError() throws IOException {
        answer("*1\r\n$-1\r\n");
        assertThatThrownBy(() -> client.readRows(2, FloatBuffer.allocate(2))).hasMessageContaining("of -1 bytes");
    }

    @Test
    void anErrorOfTheServerIsPassedOn() throws IOException {
        answer("-OOM command not allowed\r\n");
        assertThatThrownBy(client::readOk).hasMessageContaining("-OOM command not allowed");
    }

    private void answer(String text) throws IOException {
        server.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private String received() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        server.read(bytes);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }
}

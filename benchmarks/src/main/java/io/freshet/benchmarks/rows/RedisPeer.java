package io.freshet.benchmarks.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/**
 * A Redis on the same machine over a Unix socket, read by MGET: the requests of the next batch are on their way before
 * the answers to this one are read, so that server and client work at the same time, each on a core of its own.
 */
final class RedisPeer implements RowHolder {
    static final String NAME = "redis";

    /** What one MGET asks for: small enough that answers flow while the server works at the next request. */
    private static final int KEYS_A_REQUEST = 512;

    private static final int SETS_AHEAD = 1024;

    private final int width;
    private final RedisServer server;
    private final RedisClient client;

    RedisPeer(BenchTable table, int rows, String program, Path folder) {
        width = table.width();
        server = new RedisServer(program, folder);
        try {
            client = new RedisClient(server.socket());
            fill(table, rows);
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException("Redis could not be filled", e);
        }
    }

    private void fill(BenchTable table, int rows) throws IOException {
        BenchTable.Weights weights = table.weights();
        int unanswered = 0;
        for (int made = 0; made < rows; made++) {
            long id = ZipfIds.inOrderOfMaking(made, rows);
            client.set(id, weights.of(id));
            unanswered++;
            if (unanswered == SETS_AHEAD || made + 1 == rows) {
                client.send();
                for (; unanswered > 0; unanswered--) {
                    client.readOk();
                }
            }
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void gather(long[][] batches, FloatBuffer out) {
        try {
            ask(batches[0]);
            for (int batch = 0; batch < batches.length; batch++) {
                if (batch + 1 < batches.length) {
                    ask(batches[batch + 1]);
                }
                out.clear();
                for (int from = 0; from < batches[batch].length; from += KEYS_A_REQUEST) {
                    client.readRows(width, out);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Redis could not be read", e);
        }
    }

    private void ask(long[] ids) throws IOException {
        for (int from = 0; from < ids.length; from += KEYS_A_REQUEST) {
            client.get(ids, from, Math.min(from + KEYS_A_REQUEST, ids.length));
        }
        client.send();
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The connection to Redis could not be closed", e);
        } finally {
            server.close();
        }
    }
}

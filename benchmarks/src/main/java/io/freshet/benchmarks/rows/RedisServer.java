package io.freshet.benchmarks.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A Redis of our own on a Unix socket: nothing is written to disk, nobody else can reach it, and it ends with this
 * object or with the JVM.
 */
final class RedisServer implements AutoCloseable {
    private static final long PATIENCE_MS = 10_000;

    private final Process process;
    private final Path socket;
    private final Thread onExit;

    /**
     * Starts it.
     *
     * @param program found on the PATH unless it is a path itself
     * @param folder for socket and log; its path must be short, as that of a socket has at most 107 bytes
     */
    RedisServer(String program, Path folder) {
        socket = folder.resolve("redis.sock");
        Path log = folder.resolve("redis.log");
        try {
            process = new ProcessBuilder(
                            program,
                            "--port",
                            "0",
                            "--unixsocket",
                            socket.toString(),
                            "--save",
                            "",
                            "--appendonly",
                            "no")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot start '%s'. Install it (Debian, Ubuntu: apt install redis-server), name it with --redis-server, or go without it: --without redis."
                            .formatted(program),
                    e);
        }
        onExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(onExit);
        awaitSocket(log);
    }

    Path socket() {
        return socket;
    }

    private void awaitSocket(Path log) {
        long giveUpAt = System.currentTimeMillis() + PATIENCE_MS;
        while (!Files.exists(socket)) {
            if (!process.isAlive() || System.currentTimeMillis() > giveUpAt) {
                close();
                throw new IllegalStateException(
                        "redis-server did not open %s; it said: %s".formatted(socket, said(log)));
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                close();
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while redis-server started", e);
            }
        }
    }

    private static String said(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "nothing that could be read: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook runs already.
        }
    }
}

package io.freshet.store.durable;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.rocksdb.RocksDBException;

/**
 * Threads that share a read of many rows with the one that asks for it. RocksDB reads block after block, and one that the
 * file system has dropped comes from the disk in some 60 microseconds; a disk serves many such reads at once.
 *
 * <p>Threads: one asks, and has {@link #share} return only after all others have left the work, so that it may close the
 * database next. They end by themselves when nothing was asked for in a while.
 */
final class ReadingThreads implements AutoCloseable {
    /** Who share a read at most, the asking thread included. */
    static final int COUNT = 4;

    /** Rows that a thread takes at a time: few, so that all end together. */
    private static final int PART_ROWS = 32;

    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor helpers;

    ReadingThreads() {
        AtomicInteger number = new AtomicInteger();
        helpers = new ThreadPoolExecutor(
                COUNT - 1, COUNT - 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "rows-read-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        helpers.allowCoreThreadTimeOut(true);
    }

    /** Reads rows {@code from} to {@code to}, the latter left out, with what belongs to a thread from 0 on. */
    @FunctionalInterface
    interface Part {
        void read(int thread, int from, int to) throws RocksDBException;
    }

    /**
     * Reads rows 0 to {@code count}, in parts that go to whoever is free.
     *
     * @throws RocksDBException the first failure of a part; others may have been left out
     */
    void share(int count, Part part) throws RocksDBException {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        int others = Math.min(COUNT, (count + PART_ROWS - 1) / PART_ROWS) - 1;
        CountDownLatch left = new CountDownLatch(Math.max(0, others));
        for (int i = 1; i <= others; i++) {
            int thread = i;
            helpers.execute(() -> {
                try {
                    work(thread, count, next, part, failure);
                } finally {
                    left.countDown();
                }
            });
        }
        work(0, count, next, part, failure);
        awaitUninterruptibly(left);
        if (failure.get() instanceof RocksDBException e) {
            throw e;
        }
        if (failure.get() instanceof RuntimeException e) {
            throw e;
        }
        if (failure.get() instanceof Error e) {
            throw e;
        }
    }

    private static void work(int thread, int count, AtomicInteger next, Part part, AtomicReference<Throwable> failure) {
        try {
            for (int from = next.getAndAdd(PART_ROWS); from < count; from = next.getAndAdd(PART_ROWS)) {
                part.read(thread, from, Math.min(count, from + PART_ROWS));
            }
        } catch (RocksDBException | RuntimeException | Error e) {
            // An error too: rows that its thread has not read must not look as if they had been.
            failure.compareAndSet(null, e);
            next.set(count);
        }
    }

    /** Whoever is interrupted may close the database next, so nobody may be left in it. */
    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        helpers.shutdown();
    }
}

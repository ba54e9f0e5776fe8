package io.freshet.store.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;

class ReadingThreadsTest {
    private final ReadingThreads threads = new ReadingThreads();

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void everyRowIsReadOnceHoweverManyThereAre() throws Exception {
        for (int count : new int[] {0, 1, 31, 32, 33, 1_000, 10_001}) {
            AtomicIntegerArray reads = new AtomicIntegerArray(count);
            threads.share(count, (thread, from, to) -> {
                assertThat(thread).isBetween(0, ReadingThreads.COUNT - 1);
                for (int row = from; row < to; row++) {
                    reads.incrementAndGet(row);
                }
            });
            for (int row = 0; row < count; row++) {
                assertThat(reads.get(row)).as("row %d of %d", row, count).isEqualTo(1);
            }
        }
    }

    @Test
    void noThreadNumberIsInTwoThreadsAtOnce() throws Exception {
        AtomicIntegerArray inside = new AtomicIntegerArray(ReadingThreads.COUNT);
        threads.share(20_000, (thread, from, to) -> {
            assertThat(inside.incrementAndGet(thread)).isEqualTo(1);
            Thread.onSpinWait();
            inside.decrementAndGet(thread);
        });
    }

    @Test
    void aFailureOfAnyPartIsThrownOnceAllHaveLeft() {
        AtomicInteger inside = new AtomicInteger();
        assertThatThrownBy(() -> threads.share(10_000, (thread, from, to) -> {
                    inside.incrementAndGet();
                    try {
                        if (from <= 7_000 && 7_000 < to) {
                            throw new RocksDBException("a broken block");
                        }
                    } finally {
                        inside.decrementAndGet();
                    }
                }))
                .isInstanceOf(RocksDBException.class)
                .hasMessage("a broken block");
        assertThat(inside.get()).isZero();
    }

    @Test
    void anErrorInAThreadThatSharesIsThrownToo() {
        Thread asks = Thread.currentThread();
        CountDownLatch failed = new CountDownLatch(1);
        assertThatThrownBy(() -> threads.share(10_000, (thread, from, to) -> {
                    if (Thread.currentThread() != asks) {
                        failed.countDown();
                        throw new OutOfMemoryError("no room for a row");
                    }
                    try {
                        assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("no room for a row");
    }

    @Test
    void anInterruptedCallerWaitsUntilAllHaveLeftAndStaysInterrupted() throws Exception {
        CountDownLatch bothAreIn = new CountDownLatch(2);
        AtomicInteger inside = new AtomicInteger();
        threads.share(64, (thread, from, to) -> {
            inside.incrementAndGet();
            try {
                bothAreIn.countDown();
                assertThat(bothAreIn.await(60, TimeUnit.SECONDS)).isTrue();
                if (thread == 0) {
                    Thread.currentThread().interrupt(); // The caller goes to wait for the other one with its flag set.
                } else {
                    TimeUnit.MILLISECONDS.sleep(100);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                inside.decrementAndGet();
            }
        });
        assertThat(inside.get()).isZero();
        assertThat(Thread.interrupted()).isTrue();
    }
}

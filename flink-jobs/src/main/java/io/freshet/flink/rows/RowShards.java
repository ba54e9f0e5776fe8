package io.freshet.flink.rows;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;

/** The row shards that live in this JVM, so that a trainer beside them finds them. Safe from any thread. */
final class RowShards {
    private static final Map<Address, RowShard> OPEN = new ConcurrentHashMap<>();
    private static final Object CHANGED = new Object();

    private RowShards() {}

    /** Where a shard is found: the job and the index of the rows operator's subtask. */
    record Address(JobID job, int subtask) {}

    static void open(Address address, RowShard shard) {
        synchronized (CHANGED) {
            OPEN.put(address, shard);
            CHANGED.notifyAll();
        }
    }

    /** Forgets the shard, unless a restarted task has already taken its place. */
    static void close(Address address, RowShard shard) {
        OPEN.remove(address, shard);
    }

    /**
     * The shard, once it is open: in a starting job the trainer may run before the owners have restored their rows.
     *
     * @throws RowReadException when it does not open in time
     */
    static RowShard await(Address address, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (CHANGED) {
            RowShard shard = OPEN.get(address);
            while (shard == null) {
                long leftMs = (deadline - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    throw new RowReadException(
                            "Row shard %d of job %s did not open in this JVM within %s. Trainer and rows must share a task manager: run one task manager, or set the parallelism to 1."
                                    .formatted(address.subtask(), address.job(), atMost),
                            null);
                }
                awaitChange(leftMs);
                shard = OPEN.get(address);
            }
            return shard;
        }
    }

    private static void awaitChange(long ms) {
        try {
            CHANGED.wait(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RowReadException("Interrupted while waiting for a row shard to open", e);
        }
    }
}

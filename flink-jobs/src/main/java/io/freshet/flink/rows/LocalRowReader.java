package io.freshet.flink.rows;

import io.freshet.contracts.update.KeyGroups;
import io.freshet.store.table.TableSpec;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** Reads rows from shards of the same JVM: of the same thread by a direct call, of others through their mailbox. */
public final class LocalRowReader implements RowReader {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final JobID job;
    private final List<TableSpec> tables;
    private final int maxParallelism;
    private final Part[] parts;

    /** A reader of the rows operator of a job, which runs with the given parallelism. */
    public LocalRowReader(JobID job, List<TableSpec> tables, int maxParallelism, int parallelism) {
        this.job = job;
        this.tables = tables;
        this.maxParallelism = maxParallelism;
        this.parts = new Part[parallelism];
        for (int shard = 0; shard < parallelism; shard++) {
            parts[shard] = new Part();
        }
    }

    @Override
    public void read(int table, long[] ids, int count, FloatBuffer out) {
        if (parts.length == 1 && shard(0).isOwnedByThisThread()) {
            shard(0).readHere(table, ids, count, out);
            return;
        }
        TableSpec spec = tables.get(table);
        for (Part part : parts) {
            part.clear(count, spec.width());
        }
        for (int i = 0; i < count; i++) {
            int keyGroup = KeyGroups.of(spec.name(), ids[i], maxParallelism);
            int shard = KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(maxParallelism, parts.length, keyGroup);
            parts[shard].add(ids[i], i);
        }
        CompletableFuture<?>[] reads = new CompletableFuture<?>[parts.length];
        for (int shard = 0; shard < parts.length; shard++) {
            Part part = parts[shard];
            reads[shard] = shard(shard).readThere(table, part.ids, part.count, part.rows);
        }
        await(reads);
        int start = out.position();
        for (Part part : parts) {
            part.scatter(out, start, spec.width());
        }
        out.position(start + count * spec.width());
    }

    private RowShard shard(int subtask) {
        if (parts[subtask].shard == null) {
            parts[subtask].shard = RowShards.await(new RowShards.Address(job, subtask), PATIENCE);
        }
        return parts[subtask].shard;
    }

    private static void await(CompletableFuture<?>[] reads) {
        try {
            CompletableFuture.allOf(reads).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RowReadException("Interrupted while reading rows", e);
        } catch (ExecutionException e) {
            throw new RowReadException("Reading rows failed at their owner: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new RowReadException("No answer from the rows' owners within " + PATIENCE, e);
        }
    }

    /** What one shard is asked for: its ids, and where their rows stand in the whole. Reused from read to read. */
    private static final class Part {
        private RowShard shard;
        private long[] ids = new long[0];
        private int[] positions = new int[0];
        private FloatBuffer rows = FloatBuffer.allocate(0);
        private int count;

        void clear(int capacity, int width) {
            if (ids.length < capacity) {
                ids = new long[capacity];
                positions = new int[capacity];
            }
            if (rows.capacity() < capacity * width) {
                rows = FloatBuffer.allocate(capacity * width);
            }
            rows.clear();
            count = 0;
        }

        void add(long id, int position) {
            ids[count] = id;
            positions[count] = position;
            count++;
        }

        void scatter(FloatBuffer out, int start, int width) {
            for (int i = 0; i < count; i++) {
                out.put(start + positions[i] * width, rows.array(), i * width, width);
            }
        }
    }
}

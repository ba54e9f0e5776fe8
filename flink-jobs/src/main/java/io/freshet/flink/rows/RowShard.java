package io.freshet.flink.rows;

import io.freshet.store.table.RowTables;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.flink.api.common.operators.MailboxExecutor;

/**
 * One subtask's rows, as others see them. Rows are changed by the owning task thread only: a caller on that thread (the
 * trainer chained before it) reads at once; any other one reads hot rows at once as well, and asks the owner for the
 * others through the task's mailbox.
 */
final class RowShard {
    private final RowTables tables;
    private final MailboxExecutor mailbox;
    private final Thread owner = Thread.currentThread();

    /** Made by the owning task thread. */
    RowShard(RowTables tables, MailboxExecutor mailbox) {
        this.tables = tables;
        this.mailbox = mailbox;
    }

    boolean isOwnedByThisThread() {
        return Thread.currentThread() == owner;
    }

    /** Reads on the owning thread, as {@link RowReader#read}. */
    void readHere(int table, long[] ids, int count, FloatBuffer out) {
        tables.gather(table, ids, 0, count, out);
    }

    /** Reads from any thread; {@code out} is complete, and may be read again, once the future is. */
    CompletableFuture<Void> readThere(int table, long[] ids, int count, FloatBuffer out) {
        int[] missing = new int[count];
        int misses = tables.gatherHot(table, ids, count, out, missing);
        int width = tables.specs().get(table).width();
        if (misses == 0) {
            out.position(out.position() + count * width);
            return CompletableFuture.completedFuture(null);
        }
        long[] missingIds =
                Arrays.stream(missing, 0, misses).mapToLong(i -> ids[i]).toArray();
        return ask(owned -> {
            FloatBuffer rows = FloatBuffer.allocate(misses * width);
            owned.gather(table, missingIds, 0, misses, rows);
            for (int i = 0; i < misses; i++) {
                out.put(out.position() + missing[i] * width, rows.array(), i * width, width);
            }
            out.position(out.position() + count * width);
            return null;
        });
    }

    /** Has the owning thread answer a question about its rows, between two records. */
    <T> CompletableFuture<T> ask(Function<RowTables, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        mailbox.execute(
                () -> {
                    try {
                        answer.complete(question.apply(tables));
                    } catch (RuntimeException e) {
                        answer.completeExceptionally(e); // Who asked fails; the owner goes on.
                    }
                },
                "ask for rows");
        return answer;
    }
}

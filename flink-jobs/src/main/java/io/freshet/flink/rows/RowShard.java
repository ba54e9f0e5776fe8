package io.freshet.flink.rows;

import io.freshet.store.table.RowTables;
import java.nio.FloatBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.flink.api.common.operators.MailboxExecutor;

/**
 * One subtask's rows, as others see them. Rows are touched by the owning task thread only: a caller on that thread (the
 * trainer chained before it) reads at once, any other one through the task's mailbox.
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
        return ask(owned -> {
            owned.gather(table, ids, 0, count, out);
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

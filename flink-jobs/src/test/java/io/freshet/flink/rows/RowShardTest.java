package io.freshet.flink.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.store.durable.TreeMapRows;
import io.freshet.store.table.RowTables;
import io.freshet.store.table.TableSpec;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;
import org.junit.jupiter.api.Test;

class RowShardTest {
    private static final TableSpec USER = new TableSpec(TableConfig.of("user", 2), 0, false, 7);

    private final RowTables tables = new RowTables(List.of(USER), new TreeMapRows(), 16, 100);
    private final Mailbox mailbox = new Mailbox();
    private final RowShard shard = new RowShard(tables, mailbox);

    @Test
    void hotRowsAreReadWithoutAskingTheirOwner() {
        step(1, 2);
        FloatBuffer out = FloatBuffer.allocate(4);
        assertThat(shard.readThere(0, new long[] {2, 1}, 2, out)).isCompleted();
        assertThat(mailbox.waiting).isEmpty();
        assertThat(out.array()).containsExactly(gathered(2, 1));
        assertThat(out.position()).isEqualTo(4);
    }

    @Test
    void theOwnerIsAskedForTheOthersAndPutsThemIntoTheirPlaces() throws Exception {
        step(1);
        FloatBuffer out = FloatBuffer.allocate(10).position(2);
        CompletableFuture<Void> read = shard.readThere(0, new long[] {5, 1, 6, 5}, 4, out);
        assertThat(read).isNotDone();
        mailbox.waiting.remove().run();
        assertThat(read).isCompleted();
        assertThat(out.slice(2, 8)).isEqualTo(FloatBuffer.wrap(gathered(5, 1, 6, 5)));
        assertThat(out.position()).isEqualTo(10);
    }

    private void step(long... ids) {
        float[] ones = new float[2 * ids.length];
        Arrays.fill(ones, 1f);
        tables.apply(0, ids, 0, ids.length, ones, 0, 1_000);
    }

    private float[] gathered(long... ids) {
        FloatBuffer out = FloatBuffer.allocate(2 * ids.length);
        tables.gather(0, ids, 0, ids.length, out);
        return out.array();
    }

    /** Keeps letters until somebody takes them out. */
    private static final class Mailbox implements MailboxExecutor {
        private final Queue<ThrowingRunnable<? extends Exception>> waiting = new ArrayDeque<>();

        @Override
        public void execute(
                MailOptions options, ThrowingRunnable<? extends Exception> command, String format, Object... args) {
            waiting.add(command);
        }

        @Override
        public void yield() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean tryYield() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean shouldInterrupt() {
            return false;
        }
    }
}

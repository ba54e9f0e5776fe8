package io.freshet.flink.rows;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.DurableRowsContract;
import java.util.function.Function;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** Rows in keyed state, by every way that leads there. */
class KeyedStateRowsTest {
    @Nested
    class ThroughFlinkOnTheHeap extends Contract {
        ThroughFlinkOnTheHeap() {
            super(new HashMapStateBackend(), RowsHarness::throughFlink);
        }
    }

    @Nested
    class ThroughFlinkInRocks extends Contract {
        ThroughFlinkInRocks() {
            super(new EmbeddedRocksDBStateBackend(), RowsHarness::throughFlink);
        }
    }

    @Nested
    class PastFlinkInRocks extends Contract {
        PastFlinkInRocks() {
            super(new EmbeddedRocksDBStateBackend(), RowsHarness::direct);
        }
    }

    abstract static class Contract extends DurableRowsContract {
        private final StateBackend backend;
        private final Function<RowsHarness, DurableRows> way;
        private RowsHarness harness;
        private long checkpoints;

        Contract(StateBackend backend, Function<RowsHarness, DurableRows> way) {
            this.backend = backend;
            this.way = way;
        }

        @Override
        protected DurableRows create() {
            try {
                harness = new RowsHarness(backend, 16, 1, 0).open();
                return way.apply(harness);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        protected DurableRows restarted() {
            try {
                OperatorSubtaskState state = harness.snapshot(++checkpoints);
                harness.close();
                harness = new RowsHarness(backend, 16, 1, 0).restoring(state).open();
                return way.apply(harness);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @AfterEach
        void close() throws Exception {
            harness.close();
        }
    }
}

package io.freshet.flink.rows;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.DurableRowsContract;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** Rows in keyed state, by every way that leads there. */
class KeyedStateRowsTest {
    @Nested
    class ThroughFlinkOnTheHeap extends Contract {
        @Override
        protected DurableRows create() {
            return open(new HashMapStateBackend()).throughFlink();
        }
    }

    @Nested
    class ThroughFlinkInRocks extends Contract {
        @Override
        protected DurableRows create() {
            return open(new EmbeddedRocksDBStateBackend()).throughFlink();
        }
    }

    @Nested
    class PastFlinkInRocks extends Contract {
        @Override
        protected DurableRows create() {
            return open(new EmbeddedRocksDBStateBackend()).direct();
        }
    }

    abstract static class Contract extends DurableRowsContract {
        private RowsHarness harness;

        RowsHarness open(StateBackend backend) {
            try {
                harness = new RowsHarness(backend, 16, 1, 0).open();
                return harness;
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

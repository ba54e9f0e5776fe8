package io.freshet.flink.rows;

import io.freshet.store.durable.DurableRows;
import io.freshet.store.durable.DurableRowsContract;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.AfterEach;

class KeyedStateRowsTest extends DurableRowsContract {
    private RowsHarness harness;

    @Override
    protected DurableRows create() {
        try {
            harness = new RowsHarness(new HashMapStateBackend(), RowsHarness::keyedState, 1, 0);
            return harness.open();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }
}

package io.freshet.store.durable;

class TreeMapRowsTest extends DurableRowsContract {
    @Override
    protected DurableRows create() {
        return new TreeMapRows();
    }
}

package io.freshet.store.durable;

class TreeMapRowsTest extends DurableRowsContract {
    private TreeMapRows rows;

    @Override
    protected DurableRows create() {
        rows = new TreeMapRows();
        return rows;
    }

    /** It survives nothing. */
    @Override
    protected DurableRows restarted() {
        return rows;
    }
}

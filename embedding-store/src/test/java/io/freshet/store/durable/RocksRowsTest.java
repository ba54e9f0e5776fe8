package io.freshet.store.durable;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** In a database of its own; the same code over Flink's database is tested there. */
class RocksRowsTest extends DurableRowsContract {
    private static final RowDatabase.Limits LIMITS = new RowDatabase.Limits(8 << 20, 1);

    @TempDir
    Path folder;

    private RowDatabase database;
    private long checkpoints;

    @Override
    protected DurableRows create() {
        database = RowDatabase.open(folder, List.of("user", "item"), new KeyGroupSpan(0, 127), 128, LIMITS);
        return database.rows();
    }

    @Override
    protected DurableRows restarted() {
        database.checkpoint(++checkpoints);
        database.close();
        return create();
    }

    @AfterEach
    void close() {
        database.close();
    }
}

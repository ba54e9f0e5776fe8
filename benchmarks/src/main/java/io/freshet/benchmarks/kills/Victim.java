package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.store.durable.RowDatabase;
import io.freshet.store.table.RowTables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.rocksdb.RocksDB;

/**
 * The process that gets killed: goes back to the newest checkpoint and works on from there until it is killed.
 *
 * <p>It says {@code ready} when it has started, waits for a line, and then says {@code kept N} after each checkpoint, N
 * being the operations that it covers. That number is the checkpoint's id, and stands in the metadata of each key group.
 * The rows that leave with a checkpoint go into a file, for whoever plays the servers.
 */
final class Victim implements Operations.Target, AutoCloseable {
    static final String READY = "ready";
    static final String KEPT = "kept ";
    static final String COVERED = "operations";

    private final RowDatabase database;
    private final Path versions;
    private final LongConsumer kept;
    private final RowTables rows;
    private long done;

    /** The newest checkpoint. */
    private long newest;

    /** Goes on from the newest checkpoint; tells of each further one how many operations it covers. */
    Victim(Path database, Path versions, int hotRows, LongConsumer kept) {
        this.database = KillTables.open(database);
        this.versions = versions;
        this.kept = kept;
        rows = KillTables.rows(this.database.rows(), hotRows);
        done = this.database.restoredFrom().orElse(0);
        newest = done;
    }

    /** Args: folder of the database, folder for published versions, seed, hot rows of a table. */
    public static void main(String[] args) throws IOException {
        ChildJvm.endWithParent();
        RocksDB.loadLibrary();
        System.out.println(READY);
        if (System.in.read() < 0) {
            return;
        }
        Operations operations = new Operations(Long.parseLong(args[2]), KillTables.specs());
        Victim victim = new Victim(
                Path.of(args[0]),
                Path.of(args[1]),
                Integer.parseInt(args[3]),
                covered -> System.out.println(KEPT + covered));
        while (true) {
            victim.workOn(operations);
        }
    }

    /** Does the next operation. */
    void workOn(Operations operations) {
        operations.run(done, this);
        done++;
    }

    /** Ends as if killed: what came after the newest checkpoint is given up. */
    @Override
    public void close() {
        database.close();
    }

    @Override
    public void apply(int table, long[] ids, float[] gradients, long eventTimeMs) {
        rows.apply(table, ids, 0, ids.length, gradients, 0, eventTimeMs);
    }

    @Override
    public void gather(int table, long[] ids) {
        int width = KillTables.specs().get(table).width();
        rows.gather(table, ids, 0, ids.length, FloatBuffer.allocate(ids.length * width));
    }

    @Override
    public void writeBehind(int maxRows) {
        rows.writeBehind(maxRows);
    }

    @Override
    public void sweep(int maxRows) {
        rows.sweep(maxRows);
    }

    @Override
    public void flush() {
        rows.flush();
    }

    @Override
    public void checkpoint() {
        long covered = done + 1;
        PublishedVersion.write(versions, covered, rows);
        rows.flush();
        byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(covered).array();
        for (int keyGroup = 0; keyGroup < KillTables.KEY_GROUPS; keyGroup++) {
            database.rows().putMetadata(keyGroup, COVERED, number);
        }
        database.checkpoint(covered);
        newest = covered;
        kept.accept(covered);
    }

    @Override
    public void committed() {
        rows.committed(newest);
    }
}

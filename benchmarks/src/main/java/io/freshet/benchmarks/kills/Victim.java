package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.store.durable.RowDatabase;
import io.freshet.store.table.RowTables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.rocksdb.RocksDB;

/**
 * The process that gets killed: goes back to the newest checkpoint and works on from there until it is killed.
 *
 * <p>It says {@code ready} when it has started, waits for a line, and then says {@code kept N} after each checkpoint, N
 * being the operations that it covers. That number is the checkpoint's id, and stands in the metadata of each key group.
 */
final class Victim implements Operations.Target {
    static final String READY = "ready";
    static final String KEPT = "kept ";
    static final String COVERED = "operations";

    private final RowDatabase database;
    private final RowTables rows;
    private long done;

    /** The newest checkpoint. */
    private long newest;

    private Victim(Path folder) {
        database = KillTables.open(folder);
        rows = KillTables.rows(database);
        done = database.restoredFrom().orElse(0);
        newest = done;
    }

    /** Works in folder {@code args[0]} with seed {@code args[1]}. */
    public static void main(String[] args) throws IOException {
        ChildJvm.endWithParent();
        RocksDB.loadLibrary();
        System.out.println(READY);
        if (System.in.read() < 0) {
            return;
        }
        Operations operations = new Operations(Long.parseLong(args[1]), KillTables.specs());
        Victim victim = new Victim(Path.of(args[0]));
        while (true) {
            operations.run(victim.done, victim);
            victim.done++;
        }
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
    public void flush() {
        rows.flush();
    }

    @Override
    public void checkpoint() {
        long covered = done + 1;
        rows.drainChanged(covered, (keyGroup, table, id, weights) -> {});
        rows.flush();
        byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(covered).array();
        for (int keyGroup = 0; keyGroup < KillTables.KEY_GROUPS; keyGroup++) {
            database.rows().putMetadata(keyGroup, COVERED, number);
        }
        database.checkpoint(covered);
        newest = covered;
        System.out.println(KEPT + covered);
    }

    @Override
    public void committed() {
        rows.committed(newest);
    }
}

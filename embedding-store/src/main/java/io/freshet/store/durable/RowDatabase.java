package io.freshet.store.durable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * A database of rows of its own, for whoever keeps rows outside of a stream processor: servers' replicas, tools, tests.
 *
 * <p>{@link #checkpoint} puts all rows and metadata of one moment under a name of the folder, sharing unchanged files with
 * the checkpoints before it by hard links. {@link #open} goes back to the newest complete one: what was written after it
 * is gone, whether the process ended in order or not.
 *
 * <p>Threads: as {@link DurableRows}. One process at a time; RocksDB's lock refuses a second one.
 */
public final class RowDatabase implements AutoCloseable {
    private static final String METADATA = "metadata";

    static {
        RocksDB.loadLibrary();
    }

    /**
     * What a database may take.
     *
     * @param cacheBytes for what is written and not yet in a file, usually a quarter of it; reads of rows leave nothing
     *     here. The indexes and filters of the files come on top, 3 to 4 bytes per row
     * @param checkpointsKept older ones are deleted, at least 1
     */
    public record Limits(long cacheBytes, int checkpointsKept) {
        /** Refuses a database that could keep nothing. */
        public Limits {
            if (cacheBytes < 1 << 20 || checkpointsKept < 1) {
                throw new IllegalArgumentException(
                        "A database of rows takes at least 1 MiB and keeps at least 1 checkpoint, not %d bytes and %d."
                                .formatted(cacheBytes, checkpointsKept));
            }
        }
    }

    /**
     * A complete checkpoint.
     *
     * @param folder holds it, for as long as it is among the newest
     * @param newBytes in files that the checkpoint before did not have
     * @param bytes in all files
     */
    public record Made(long id, Path folder, long newBytes, long bytes) {}

    private final CheckpointFolder folder;
    private final OptionalLong restoredFrom;
    private final Limits limits;
    private final RocksOptions options;
    private final DBOptions dbOptions;
    private final RocksDB db;
    private final List<ColumnFamilyHandle> families = new ArrayList<>();
    private final RocksRows rows;
    private Set<String> sharedFiles = new HashSet<>();
    private long lastId;

    private RowDatabase(Path root, List<String> tables, KeyGroupSpan keyGroups, int maxParallelism, Limits limits)
            throws IOException, RocksDBException {
        this.limits = limits;
        folder = new CheckpointFolder(root);
        restoredFrom = folder.restore().map(OptionalLong::of).orElse(OptionalLong.empty());
        lastId = restoredFrom.orElse(-1);
        if (restoredFrom.isPresent()) {
            sharedFiles = sharedFiles(folder.path(lastId));
        }
        options = new RocksOptions(limits.cacheBytes());
        dbOptions = options.database();
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(options.family(RocksDB.DEFAULT_COLUMN_FAMILY));
        descriptors.add(options.family(METADATA.getBytes(StandardCharsets.UTF_8)));
        for (String table : tables) {
            descriptors.add(options.family(("rows." + table).getBytes(StandardCharsets.UTF_8)));
        }
        db = RocksDB.open(dbOptions, folder.live().toString(), descriptors, families);
        RowKeys keys = new RowKeys(tables, maxParallelism, keyGroups, group -> group);
        rows = new RocksRows(db, families.subList(2, families.size()), keys, new Metadata(), options.reads());
    }

    /**
     * Opens the newest complete checkpoint of a folder, or an empty database where there is none.
     *
     * @param root belongs to this database alone; made when it does not exist
     * @param tables names, by index
     * @param keyGroups the ones kept here, of {@code maxParallelism}
     * @throws UncheckedIOException when the folder cannot be read or written
     * @throws IllegalStateException when RocksDB cannot open it, as when a table of it is not in {@code tables}
     */
    public static RowDatabase open(
            Path root, List<String> tables, KeyGroupSpan keyGroups, int maxParallelism, Limits limits) {
        try {
            return new RowDatabase(root, tables, keyGroups, maxParallelism, limits);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not prepare the rows' database in " + root, e);
        } catch (RocksDBException e) {
            throw new IllegalStateException(
                    "Could not open the rows' database in %s with the tables %s: %s"
                            .formatted(root, tables, e.getMessage()),
                    e);
        }
    }

    /** Which checkpoint the database began from. */
    public OptionalLong restoredFrom() {
        return restoredFrom;
    }

    /** The rows, open as long as the database is. */
    public DurableRows rows() {
        return rows;
    }

    /**
     * Makes all that was written so far survive. When it returns the checkpoint is complete; when the process dies
     * meanwhile the one before still stands.
     *
     * @param id names it, larger than all before
     */
    public Made checkpoint(long id) {
        if (id <= lastId) {
            throw new IllegalArgumentException(
                    "Checkpoint %d comes after checkpoint %d: ids grow.".formatted(id, lastId));
        }
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true);
                Checkpoint checkpoint = Checkpoint.create(db)) {
            db.flush(flush, families);
            checkpoint.createCheckpoint(folder.begin(id).toString());
            folder.complete(id, limits.checkpointsKept());
            lastId = id;
            return made(id);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not complete checkpoint %d of the rows".formatted(id), e);
        } catch (RocksDBException e) {
            throw new IllegalStateException(
                    "RocksDB could not make checkpoint %d of the rows: %s".formatted(id, e.getMessage()), e);
        }
    }

    private Made made(long id) throws IOException {
        long newBytes = 0;
        long bytes = 0;
        Path path = folder.path(id);
        Set<String> shared = sharedFiles(path);
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                long size = Files.size(file);
                bytes += size;
                newBytes += sharedFiles.contains(file.getFileName().toString()) ? 0 : size;
            }
        }
        sharedFiles = shared;
        return new Made(id, path, newBytes, bytes);
    }

    private static Set<String> sharedFiles(Path checkpoint) throws IOException {
        Set<String> names = new HashSet<>();
        try (Stream<Path> files = Files.list(checkpoint)) {
            files.filter(CheckpointFolder::isShared)
                    .forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }

    /** Closes the database; what was written since the last checkpoint is given up. */
    @Override
    public void close() {
        rows.close();
        families.forEach(ColumnFamilyHandle::close);
        db.close();
        dbOptions.close();
        options.close();
    }

    /** Metadata as entries {@code u16 key group, name in UTF-8} of a column family. */
    private final class Metadata implements KeyGroupMetadata {
        private final WriteOptions writeOptions = options.unlogged();

        @Override
        public byte[] get(int keyGroup, String name) {
            try {
                return db.get(families.get(1), key(keyGroup, name));
            } catch (RocksDBException e) {
                throw failure("read", keyGroup, name, e);
            }
        }

        @Override
        public void put(int keyGroup, String name, byte[] value) {
            try {
                if (value == null) {
                    db.delete(families.get(1), writeOptions, key(keyGroup, name));
                } else {
                    db.put(families.get(1), writeOptions, key(keyGroup, name), value);
                }
            } catch (RocksDBException e) {
                throw failure("write", keyGroup, name, e);
            }
        }

        private byte[] key(int keyGroup, String name) {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            byte[] key = new byte[Short.BYTES + utf8.length];
            key[0] = (byte) (keyGroup >>> Byte.SIZE);
            key[1] = (byte) keyGroup;
            System.arraycopy(utf8, 0, key, Short.BYTES, utf8.length);
            return key;
        }

        private IllegalStateException failure(String verb, int keyGroup, String name, RocksDBException cause) {
            return new IllegalStateException(
                    "Could not %s '%s' of key group %d in RocksDB: %s"
                            .formatted(verb, name, keyGroup, cause.getMessage()),
                    cause);
        }
    }
}

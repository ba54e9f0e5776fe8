package io.freshet.store.replica;

import io.freshet.contracts.update.proto.Precision;
import io.freshet.store.codec.RowEncoding;
import io.freshet.store.table.TableSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Makes the versions of a server's rows, one after the other.
 *
 * <p>A version is begun, filled row by row and committed; the {@link Snapshot} that comes out shares with its predecessor
 * whatever it did not touch. It is up to the caller when readers get to see it: dense weights and rows change over
 * together, by one pointer that holds both. An update that is not to be committed is simply dropped.
 *
 * <p>Threads: {@link #begin}, {@link #beginEmpty} and the update belong to one thread, the writer's; {@link #current} and
 * snapshots to any.
 */
public final class VersionedRows {
    private final List<TableSpec> specs;
    private volatile Snapshot current;

    /** The update that may commit; null when there is none. */
    private Update open;

    /** Starts with a snapshot of no rows: every row has its initial values. */
    public VersionedRows(List<TableSpec> specs) {
        this.specs = List.copyOf(specs);
        current = empty();
    }

    /** What was committed last. */
    public Snapshot current() {
        return current;
    }

    /** Starts the version after {@link #current}; an update that is still open can no longer be committed. */
    public Update begin() {
        return open(current);
    }

    /** Starts a version that has no rows yet, as the first one of a new lineage; otherwise as {@link #begin}. */
    public Update beginEmpty() {
        return open(empty());
    }

    private Snapshot empty() {
        return new Snapshot(specs.stream().map(TableVersion::empty).toList());
    }

    private Update open(Snapshot base) {
        open = new Update(base);
        return open;
    }

    /** A version in the making. Nobody sees it before {@link #commit}. */
    public final class Update {
        private final List<TableDraft> tables;

        private Update(Snapshot base) {
            tables = specs.stream()
                    .map(spec -> new TableDraft(base.table(spec.index())))
                    .toList();
        }

        /**
         * Adds or replaces a row.
         *
         * @param weights the row as {@link RowEncoding} writes it in {@code precision}, from position to limit; the position stays
         * @throws IllegalArgumentException when there are more or fewer bytes than that, or the precision is unknown
         */
        public void put(int table, long id, ByteBuffer weights, Precision precision) {
            requireOpen();
            TableSpec spec = specs.get(table);
            RowEncoding encoding = RowEncoding.of(precision)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "Table '%s', id %d: weights come in precision %s, and this server reads %s only."
                                    .formatted(spec.name(), id, precision, List.of(RowEncoding.values()))));
            requireBytes(table, id, weights.remaining(), encoding.bytes(spec.dimension(), spec.wide()));
            tables.get(table).put(id, kept(encoding, spec.width(), weights));
        }

        /** A row as {@link TableVersion} keeps it. */
        private static Object kept(RowEncoding encoding, int width, ByteBuffer weights) {
            ByteBuffer in = weights.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            return switch (encoding) {
                case FP32 -> {
                    float[] floats = new float[width];
                    in.asFloatBuffer().get(floats);
                    yield floats;
                }
                case FP16 -> {
                    short[] halves = new short[width];
                    in.asShortBuffer().get(halves);
                    yield halves;
                }
                case INT8 -> {
                    byte[] bytes = new byte[in.remaining()];
                    in.get(bytes);
                    yield bytes;
                }
            };
        }

        /** Takes a row out, if it is there: whoever reads it gets what rows stored nowhere have. */
        public void remove(int table, long id) {
            requireOpen();
            tables.get(table).remove(id);
        }

        /**
         * Ends the update. The snapshot becomes {@link #current}; making it live is up to the caller.
         *
         * @throws IllegalStateException when it was committed before, or another one was begun since
         */
        public Snapshot commit() {
            requireOpen();
            open = null;
            current = new Snapshot(tables.stream().map(TableDraft::finish).toList());
            return current;
        }

        private void requireOpen() {
            if (open != this) {
                throw new IllegalStateException(
                        "This update is over: it was committed, or another one was begun since. Begin a new one.");
            }
        }

        private void requireBytes(int table, long id, int found, int expected) {
            if (found != expected) {
                throw new IllegalArgumentException(
                        ("Table '%s', id %d: %d bytes of weights were sent, but a row of %d floats has %d in this precision. Trainer and "
                                        + "server must run the same pipeline file.")
                                .formatted(
                                        specs.get(table).name(),
                                        id,
                                        found,
                                        specs.get(table).width(),
                                        expected));
            }
        }
    }
}

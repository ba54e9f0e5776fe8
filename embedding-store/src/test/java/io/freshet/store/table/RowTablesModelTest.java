package io.freshet.store.table;

import static io.freshet.store.table.TestTables.ADAGRAD;
import static io.freshet.store.table.TestTables.MAX_PARALLELISM;
import static io.freshet.store.table.TestTables.TABLES;
import static io.freshet.store.table.TestTables.initial;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.store.durable.TreeMapRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations on {@link RowTables} beside a plain map that does the same in the most obvious way. */
class RowTablesModelTest {
    private static final int OPERATIONS = 6_000;
    private static final int IDS = 60;
    private static final int BATCH_IDS = 12;

    private record Row(int table, long id) {}

    private Random random;
    private RowTables tables;
    private TreeMapRows durable;
    private int maxHotRows;
    private final Map<Row, StoredRow> model = new HashMap<>();
    private final Set<Row> changed = new HashSet<>();

    /** What left with versions that may not have arrived, by the version. */
    private final NavigableMap<Long, Set<Row>> uncommitted = new TreeMap<>();

    private long version;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 31, 1_000})
    void behavesAsAMapWouldHoweverManyRowsMayBeHot(int hotRows) {
        run(hotRows, System.nanoTime());
    }

    /** Reruns of seeds that once failed go here. */
    @Test
    void behavesAsAMapWouldWithThisSeed() {
        run(3, 42);
    }

    private void run(int hotRows, long seed) {
        System.out.println("hot rows " + hotRows + ", seed " + seed);
        random = new Random(seed);
        maxHotRows = hotRows;
        durable = new TreeMapRows();
        restart();
        for (int i = 0; i < OPERATIONS; i++) {
            switch (random.nextInt(40)) {
                case 0 -> tables.writeBehind(random.nextInt(20));
                case 1 -> drain();
                case 2 -> flush();
                case 3 -> markAllChanged();
                case 4 -> restore();
                case 5 -> commit();
                default -> {
                    if (random.nextBoolean()) {
                        gather();
                    } else {
                        apply();
                    }
                }
            }
            assertThat(tables.counts().hotRows()).isLessThanOrEqualTo((long) TABLES.size() * hotRows);
        }
        flush();
    }

    private void gather() {
        TableSpec table = TABLES.get(random.nextInt(TABLES.size()));
        long[] ids = ids();
        FloatBuffer out = random.nextBoolean()
                ? FloatBuffer.allocate(BATCH_IDS * table.width())
                : ByteBuffer.allocateDirect(4 * BATCH_IDS * table.width())
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        int from = random.nextInt(BATCH_IDS);
        int count = random.nextInt(BATCH_IDS - from + 1);
        tables.gather(table.index(), ids, from, count, out);

        out.flip();
        for (int i = from; i < from + count; i++) {
            float[] seen = new float[table.width()];
            out.get(seen);
            StoredRow row = model.get(new Row(table.index(), ids[i]));
            assertThat(seen).containsExactly(row == null ? initial(table, ids[i]) : row.weights());
        }
    }

    private void apply() {
        TableSpec table = TABLES.get(random.nextInt(TABLES.size()));
        long[] ids = ids();
        float[] gradients = new float[2 + BATCH_IDS * table.width()];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = (float) random.nextGaussian();
        }
        long time = random.nextInt(1_000_000);
        int from = random.nextInt(BATCH_IDS);
        int count = random.nextInt(BATCH_IDS - from + 1);
        tables.apply(table.index(), ids, from, count, gradients, 2, time);

        for (int i = 0; i < count; i++) {
            Row key = new Row(table.index(), ids[from + i]);
            model.compute(key, (k, row) -> stepped(table, k.id(), row, gradients, time));
            changed.add(key);
            System.arraycopy(gradients, table.width() + 2, gradients, 2, gradients.length - table.width() - 2);
        }
    }

    /** The gradient is the first one of the batch. */
    private static StoredRow stepped(TableSpec table, long id, StoredRow row, float[] gradients, long time) {
        float[] weights = row == null ? initial(table, id) : row.weights().clone();
        float[] accumulators =
                row == null ? new float[table.width()] : row.optimizerState().clone();
        for (int c = 0; c < table.width(); c++) {
            float g = gradients[2 + c];
            accumulators[c] = (row == null ? (float) ADAGRAD.initialAccumulator() : accumulators[c]) + g * g;
            weights[c] -= (float) ADAGRAD.learningRate() * g / ((float) Math.sqrt(accumulators[c]) + 1e-10f);
        }
        return new StoredRow(
                Math.max(row == null ? 0 : row.lastUpdateMs(), time),
                row == null ? 1 : row.touches() + 1,
                weights,
                accumulators);
    }

    private void drain() {
        Set<Row> drained = new HashSet<>();
        tables.drainChanged(++version, (keyGroup, table, id, weights) -> {
            assertThat(drained.add(new Row(table, id))).isTrue();
            assertThat(weights).containsExactly(model.get(new Row(table, id)).weights());
        });
        assertThat(drained).isEqualTo(changed);
        uncommitted.put(version, drained);
        changed.clear();
    }

    private void commit() {
        long arrived = Math.max(0, version - random.nextInt(3));
        tables.committed(arrived);
        uncommitted.headMap(arrived, true).clear();
    }

    private void markAllChanged() {
        tables.markAllChanged();
        changed.addAll(model.keySet());
    }

    private void flush() {
        tables.flush();
        assertThat(tables.counts().dirtyRows()).isZero();
        Map<Row, StoredRow> stored = new HashMap<>();
        durable.forEach((table, id, value) ->
                stored.put(new Row(table, id), new RowCodec(TABLES.get(table)).decode(id, value)));
        assertThat(stored).isEqualTo(model);
    }

    private void restore() {
        drain();
        flush();
        restart();
        uncommitted.values().forEach(changed::addAll);
        uncommitted.clear();
    }

    private void restart() {
        tables = new RowTables(TABLES, durable, MAX_PARALLELISM, maxHotRows);
    }

    /** Small ids, 0 and negative ones among them, and large ones that meet in few places of an index. */
    private long[] ids() {
        return random.longs(BATCH_IDS, 0, IDS)
                .map(id -> id < 20 ? id - 10 : id < 40 ? id << 58 : id * 0x9e3779b97f4a7c15L)
                .toArray();
    }
}

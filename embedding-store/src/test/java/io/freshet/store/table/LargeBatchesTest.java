package io.freshet.store.table;

import static io.freshet.store.table.TestTables.ADAGRAD;
import static io.freshet.store.table.TestTables.MAX_PARALLELISM;
import static io.freshet.store.table.TestTables.TABLES;
import static io.freshet.store.table.TestTables.initial;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.store.durable.TreeMapRows;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Batches of thousands of gradients, many for the same rows, over fewer or more rows than are hot: every row has to end as
 * if its gradients had come one by one.
 */
class LargeBatchesTest {
    private static final int IDS = 4_000;
    private static final int BATCHES = 30;
    private static final int MAX_BATCH = 9_000;

    private final TableSpec table = TABLES.get(0);
    private final Map<Long, StoredRow> model = new HashMap<>();

    private final Random random = new Random();

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 700, 3_000, 5_000})
    void everyRowTakesItsStepsInTheirOrderHoweverManyRowsAreHot(int hotRows) {
        RowTables tables = tables(hotRows);
        for (int batch = 0; batch < BATCHES; batch++) {
            apply(tables, ids(1 + random.nextInt(MAX_BATCH)), batch);
        }
        requireModel(tables);
    }

    /** The first blocks of the batch find all of their rows, whose steps may then still wait when others need the room. */
    @Test
    void stepsAreTakenBeforeTheirRowsHaveToMakeRoom() {
        RowTables tables = tables(100);
        apply(tables, LongStream.range(0, 100).toArray(), 1);
        apply(
                tables,
                LongStream.concat(LongStream.range(0, 300).map(i -> i % 64), LongStream.range(100, 200))
                        .toArray(),
                2);
        requireModel(tables);
    }

    private RowTables tables(int hotRows) {
        long seed = System.nanoTime();
        System.out.println("hot rows " + hotRows + ", seed " + seed);
        random.setSeed(seed);
        return new RowTables(List.of(table), new TreeMapRows(), MAX_PARALLELISM, hotRows);
    }

    private void apply(RowTables tables, long[] ids, long time) {
        float[] gradients = new float[ids.length * table.width()];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = (float) random.nextGaussian();
        }
        tables.apply(0, ids, 0, ids.length, gradients, 0, time);
        for (int i = 0; i < ids.length; i++) {
            model.put(ids[i], stepped(ids[i], gradients, i * table.width(), time));
        }
    }

    private void requireModel(RowTables tables) {
        model.forEach((id, row) -> assertThat(tables.peek(0, id)).contains(row));
        long[] ids = ids(MAX_BATCH);
        FloatBuffer out = FloatBuffer.allocate(ids.length * table.width());
        tables.gather(0, ids, 0, ids.length, out);
        out.flip();
        for (long id : ids) {
            float[] seen = new float[table.width()];
            out.get(seen);
            assertThat(seen)
                    .containsExactly(model.containsKey(id) ? model.get(id).weights() : initial(table, id));
        }
    }

    /** Some ids often. */
    private long[] ids(int count) {
        return random.doubles(count)
                .mapToLong(u -> (long) (IDS * Math.pow(u, 6)))
                .toArray();
    }

    private StoredRow stepped(long id, float[] gradients, int at, long time) {
        StoredRow row = model.get(id);
        float[] weights = row == null ? initial(table, id) : row.weights().clone();
        float[] accumulators =
                row == null ? new float[table.width()] : row.optimizerState().clone();
        if (row == null) {
            Arrays.fill(accumulators, (float) ADAGRAD.initialAccumulator());
        }
        for (int c = 0; c < table.width(); c++) {
            float g = gradients[at + c];
            accumulators[c] += g * g;
            weights[c] -= (float) ADAGRAD.learningRate() * g / ((float) Math.sqrt(accumulators[c]) + 1e-10f);
        }
        return new StoredRow(time, row == null ? 1 : row.touches() + 1, weights, accumulators);
    }
}

package io.freshet.model.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.model.Pipelines;
import io.freshet.model.ranker.ModelPlan;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Features of the movies pipeline: user, item, genres, recent (of table item); number age. */
class BatchAssemblerTest {
    private static final EncodedFeatures FIRST =
            new EncodedFeatures(new long[] {0, 70, 1, 2, 70, 80}, new int[] {0, 1, 2, 4, 6}, new float[] {0.5f});
    private static final EncodedFeatures SECOND =
            new EncodedFeatures(new long[] {0, -80, 2}, new int[] {0, 1, 2, 3, 3}, new float[] {0.25f});

    private final BatchAssembler assembler = new BatchAssembler(ModelPlan.of(Pipelines.movies()));

    private static int[] ints(DirectArray memory) {
        IntBuffer buffer = memory.ints();
        int[] values = new int[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static float[] floats(FloatBuffer buffer) {
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    @Test
    void namesEachRowOnceAndPointsBagsAtThemFeatureByFeature() {
        TableBatch items = assembler.assemble(List.of(FIRST, SECOND)).table(1);
        assertThat(Arrays.copyOf(items.ids(), items.count())).containsExactly(70, -80, 80);
        // Bags: item of both examples, then recent of both.
        assertThat(ints(items.offsetMemory())).containsExactly(0, 1, 2, 4, 4);
        assertThat(ints(items.indexMemory())).containsExactly(0, 1, 0, 2);
        assertThat(floats(items.weightMemory().floats())).containsExactly(1, 1, 0.5f, 0.5f);
        assertThat(items.rows().remaining()).isEqualTo(3 * 17);
    }

    @Test
    void takesZeroForAnIdLikeAnyOther() {
        TableBatch users = assembler.assemble(List.of(FIRST, SECOND)).table(0);
        assertThat(users.count()).isEqualTo(1);
        assertThat(users.ids()[0]).isZero();
    }

    @Test
    void putsNumbersExampleAfterExample() {
        RankerBatch batch = assembler.assemble(List.of(FIRST, SECOND));
        assertThat(batch.size()).isEqualTo(2);
        assertThat(floats(batch.numberMemory().floats())).containsExactly(0.5f, 0.25f);
    }

    @Test
    void aSmallBatchAfterALargeOneHoldsNothingOfIt() {
        assembler.assemble(Collections.nCopies(100, FIRST));
        RankerBatch batch = assembler.assemble(List.of(SECOND));
        assertThat(batch.table(1).count()).isEqualTo(1);
        assertThat(ints(batch.table(1).offsetMemory())).containsExactly(0, 1, 1);
        assertThat(batch.numberMemory().length()).isEqualTo(1);
    }

    @Test
    void findsTheSameRowsAsAMapWouldAmongThousands() {
        long seed = 17;
        SplittableRandom random = new SplittableRandom(seed);
        long[] ids = LongStream.generate(() -> random.nextLong(-400, 400) << 40)
                .limit(3_000)
                .toArray();
        EncodedFeatures example = new EncodedFeatures(ids, new int[] {0, 0, 0, 0, ids.length}, new float[] {0});
        TableBatch items = assembler.assemble(List.of(example)).table(1);
        Map<Long, Integer> places = new HashMap<>();
        int[] expected = Arrays.stream(ids)
                .mapToInt(id -> places.computeIfAbsent(id, unseen -> places.size()))
                .toArray();
        assertThat(ints(items.indexMemory())).as("seed %d", seed).containsExactly(expected);
        assertThat(items.count()).isEqualTo(places.size());
    }

    @Test
    void refusesExamplesOfAnotherPipelineAndEmptyBatches() {
        EncodedFeatures other = new EncodedFeatures(new long[1], new int[] {0, 1}, new float[0]);
        assertThatThrownBy(() -> assembler.assemble(List.of(FIRST, other)))
                .hasMessageContaining("4 features with a table and 1 numbers, but an example has 1 and 0");
        assertThatThrownBy(() -> assembler.assemble(List.of())).hasMessageContaining("at least one example");
    }
}

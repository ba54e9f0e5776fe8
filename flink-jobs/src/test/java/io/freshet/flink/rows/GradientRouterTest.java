package io.freshet.flink.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.source.TestPipelines;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

class GradientRouterTest {
    private static final int GROUPS = 8;
    private static final long SEED = Long.getLong("freshet.test.seed", System.nanoTime());

    private final Pipeline pipeline = TestPipelines.likes("localhost:1");
    private final List<TableSpec> specs = TableSpec.of(pipeline);
    private final BatchAssembler assembler = new BatchAssembler(ModelPlan.of(pipeline));
    private final GradientRouter router = new GradientRouter(specs, GROUPS);

    @Test
    void everyGradientReachesTheGroupThatOwnsItsRowOnceAndBesideItsId() {
        System.out.println("GradientRouterTest: rerun with -Dfreshet.test.seed=" + SEED);
        Random random = new Random(SEED);
        for (int round = 0; round < 20; round++) {
            RankerBatch batch = assembler.assemble(examples(random, 1 + random.nextInt(30)));
            Map<String, List<Float>> sent = fillGradients(batch, random);
            Map<String, List<Float>> received = new TreeMap<>();
            for (GradientBlock block : router.route(batch, 77)) {
                assertThat(block.timeMs()).isEqualTo(77);
                read(block, received);
            }
            assertThat(received).isEqualTo(sent);
        }
    }

    private static List<EncodedFeatures> examples(Random random, int count) {
        List<EncodedFeatures> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int genres = random.nextInt(4);
            long[] ids = new long[1 + genres];
            for (int id = 0; id < ids.length; id++) {
                ids[id] = random.nextInt(40) - 20;
            }
            examples.add(new EncodedFeatures(ids, new int[] {0, 1, ids.length}, new float[] {1}));
        }
        return examples;
    }

    /** By table and id, what its gradient is. */
    private Map<String, List<Float>> fillGradients(RankerBatch batch, Random random) {
        Map<String, List<Float>> sent = new TreeMap<>();
        for (TableSpec spec : specs) {
            float[] gradients = batch.table(spec.index()).gradients();
            for (int row = 0; row < batch.table(spec.index()).count(); row++) {
                List<Float> gradient = new ArrayList<>();
                for (int column = 0; column < spec.width(); column++) {
                    gradients[row * spec.width() + column] = random.nextFloat();
                    gradient.add(gradients[row * spec.width() + column]);
                }
                sent.put(spec.name() + batch.table(spec.index()).ids()[row], gradient);
            }
        }
        return sent;
    }

    private void read(GradientBlock block, Map<String, List<Float>> received) {
        int group = KeyGroupRangeAssignment.assignToKeyGroup(block.key(), GROUPS);
        int at = 0;
        for (TableSpec spec : specs) {
            for (int i = block.tableStarts()[spec.index()]; i < block.tableStarts()[spec.index() + 1]; i++) {
                assertThat(spec.keyGroup(block.ids()[i], GROUPS)).isEqualTo(group);
                List<Float> gradient = new ArrayList<>();
                for (int column = 0; column < spec.width(); column++) {
                    gradient.add(block.gradients()[at++]);
                }
                assertThat(received.put(spec.name() + block.ids()[i], gradient))
                        .as("a second gradient of row %d", block.ids()[i])
                        .isNull();
            }
        }
        assertThat(at).isEqualTo(block.gradients().length);
    }
}

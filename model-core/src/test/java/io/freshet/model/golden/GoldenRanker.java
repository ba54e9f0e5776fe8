package io.freshet.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.FeatureConfig;
import io.freshet.contracts.pipeline.FeatureConfig.Pooling;
import io.freshet.contracts.pipeline.FeatureConfig.Slot;
import io.freshet.contracts.pipeline.FeatureConfig.Transform;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.model.Pipelines;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.program.Parameter;
import io.freshet.model.ranker.FeatureLayout;
import io.freshet.model.ranker.ModelPlan;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Golden values of a whole ranker, as our own types. */
final class GoldenRanker {
    private GoldenRanker() {}

    static ModelPlan plan(Golden golden) {
        JsonNode ranker = golden.at("config", "ranker");
        return plan(golden, ranker.has("type") ? OtherRankers.config(ranker) : GoldenConfig.tokenMixerLarge(ranker));
    }

    /** The plan of a case's features and tasks with a ranker of its own. */
    static ModelPlan plan(Golden golden, RankerConfig ranker) {
        return ModelPlan.of(pipeline(golden.at("config"), ranker));
    }

    private static Pipeline pipeline(JsonNode config, RankerConfig ranker) {
        List<Map.Entry<String, Integer>> dimensions = new ArrayList<>();
        config.get("tables")
                .forEach(table -> dimensions.add(Map.entry(
                        table.get("name").asText(), table.get("dimension").asInt())));
        @SuppressWarnings({"unchecked", "rawtypes"})
        Map<String, TableConfig> tables = Pipelines.tables(dimensions.toArray(new Map.Entry[0]));
        List<FeatureConfig> features = new ArrayList<>();
        config.get("features").forEach(feature -> features.add(feature(feature)));
        List<String> tasks = new ArrayList<>();
        config.get("tasks").forEach(task -> tasks.add(task.asText()));
        return Pipelines.of(tables, features, tasks, ranker);
    }

    private static FeatureConfig feature(JsonNode node) {
        String name = node.get("name").asText();
        String group = node.get("group").asText();
        if (node.get("table").isNull()) {
            return Pipelines.number(name, group);
        }
        Pooling pooling = node.get("pooling").asText().equals("sum") ? Pooling.SUM : Pooling.MEAN;
        String table = node.get("table").asText();
        return new FeatureConfig(name, Slot.SEQUENCE, table, group, pooling, 50, Transform.NONE);
    }

    /** The dense vector of named weights; fails if a name or a shape is not the plan's. */
    static float[] dense(ModelPlan plan, Map<String, Golden.Values> weights) {
        float[] dense = new float[plan.denseSize()];
        List<String> names = new ArrayList<>();
        for (Parameter parameter : plan.program().parameters()) {
            Golden.Values values = weights.get(parameter.name());
            if (values == null
                    || !Arrays.equals(values.shape(), parameter.shape().sizes())) {
                throw new AssertionError("No golden weight fits " + parameter);
            }
            System.arraycopy(values.floats(), 0, dense, parameter.offset(), parameter.size());
            names.add(parameter.name());
        }
        if (!weights.keySet().equals(Set.copyOf(names))) {
            throw new AssertionError("Golden weights " + weights.keySet() + " are not the plan's " + names);
        }
        return dense;
    }

    /** A batch whose rows are still to be filled in. */
    static RankerBatch batch(ModelPlan plan, JsonNode inputs) {
        List<EncodedFeatures> examples = new ArrayList<>();
        int size = inputs.get("example_weights").get("data").size();
        float[] numbers = Golden.Values.of(inputs.get("numbers")).floats();
        int perExample = plan.features().numbers().size();
        for (int b = 0; b < size; b++) {
            List<Long> ids = new ArrayList<>();
            int[] offsets = new int[plan.features().slots().size() + 1];
            for (FeatureLayout.Slot slot : plan.features().slots()) {
                JsonNode bag = inputs.get("bags").get(slot.feature());
                for (int i = bag.get("offsets").get(b).asInt();
                        i < bag.get("offsets").get(b + 1).asInt();
                        i++) {
                    ids.add(bag.get("ids").get(i).longValue());
                }
                offsets[slot.index() + 1] = ids.size();
            }
            float[] own = Arrays.copyOfRange(numbers, b * perExample, (b + 1) * perExample);
            examples.add(
                    new EncodedFeatures(ids.stream().mapToLong(Long::longValue).toArray(), offsets, own));
        }
        return new BatchAssembler(plan).assemble(examples);
    }

    static Labels labels(JsonNode inputs) {
        return new Labels(
                Golden.Values.of(inputs.get("labels")).floats(),
                Golden.Values.of(inputs.get("example_weights")).floats());
    }

    /** Rows of all tables by id. */
    static Map<String, Map<Long, float[]>> rows(ModelPlan plan, JsonNode rows) {
        Map<String, Map<Long, float[]>> all = new HashMap<>();
        for (FeatureLayout.Table table : plan.features().tables()) {
            JsonNode node = rows.get(table.name());
            long[] ids = Golden.longs(node.get("ids"));
            float[] weights = Golden.Values.of(node.get("weights")).floats();
            all.put(table.name(), byId(ids, weights, table.width()));
        }
        return all;
    }

    static Map<Long, float[]> byId(long[] ids, float[] values, int width) {
        Map<Long, float[]> byId = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            byId.put(ids[i], Arrays.copyOfRange(values, i * width, (i + 1) * width));
        }
        return byId;
    }

    static void fill(RankerBatch batch, Map<String, Map<Long, float[]>> rows) {
        for (TableBatch table : batch.tables()) {
            FloatBuffer out = table.rows();
            for (int i = 0; i < table.count(); i++) {
                out.put(rows.get(table.table().name()).get(table.ids()[i]));
            }
        }
    }
}

package io.freshet.flink.job;

import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.event.proto.TokenList;
import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.flink.encode.ExampleEncoder;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.rows.RowProbe;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.DenseWeights;
import io.freshet.model.score.Scorer;
import io.freshet.quickstart.cluster.LocalJob;
import io.freshet.store.codec.RowEncoding;
import io.freshet.store.table.RowInitializer;
import io.freshet.store.table.StoredRow;
import io.freshet.store.table.TableSpec;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Items to be ranked for a user of {@link RandomExamples}' stream: as a request, and by a way that knows neither server nor
 * topics, from the rows that a job holds.
 */
record Candidates(String user, List<Integer> recent, List<Integer> items) {
    /** Every feature of an item and a user that occurs, and of some that do not. */
    static Candidates ofUser(int user, int firstItem, int pastItem) {
        List<Integer> items = new ArrayList<>();
        for (int item = firstItem; item < pastItem; item++) {
            items.add(item);
        }
        return new Candidates("u" + user, List.of(user, user + 1, 10_000), items);
    }

    String json() {
        String recents = recent.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(","));
        String candidates =
                items.stream().map(item -> "{\"item\":%d}".formatted(item)).collect(Collectors.joining(","));
        return "{\"features\":{\"user\":\"%s\",\"recent\":[%s]},\"candidates\":[%s]}"
                .formatted(user, recents, candidates);
    }

    /** What a server has to answer that holds these dense weights and the job's rows, as precise as they are published. */
    float[] expected(Pipeline pipeline, float[] dense, LocalJob job, int shards) throws Exception {
        ModelPlan plan = ModelPlan.of(pipeline);
        RankerBatch batch = new BatchAssembler(plan).assemble(encoded(pipeline));
        List<TableSpec> specs = TableSpec.of(pipeline);
        for (TableBatch table : batch.tables()) {
            TableSpec spec = specs.get(table.table().index());
            fill(table, spec, RowProbe.rows(job.id(), shards, spec.index(), ids(table)), pipeline);
        }
        try (Scorer scorer = new Scorer(plan, "cpu");
                DenseWeights weights = scorer.load(dense)) {
            return scorer.score(weights, batch);
        }
    }

    /** By table, the ids whose rows are read. */
    List<Set<Long>> ids(Pipeline pipeline) {
        List<Set<Long>> ids = new ArrayList<>();
        for (TableConfig ignored : pipeline.tables().values()) {
            ids.add(new LinkedHashSet<>());
        }
        for (TableBatch table : new BatchAssembler(ModelPlan.of(pipeline))
                .assemble(encoded(pipeline))
                .tables()) {
            ids.get(table.table().index()).addAll(ids(table));
        }
        return ids;
    }

    private static Set<Long> ids(TableBatch table) {
        Set<Long> ids = new LinkedHashSet<>();
        for (int i = 0; i < table.count(); i++) {
            ids.add(table.ids()[i]);
        }
        return ids;
    }

    private static void fill(TableBatch table, TableSpec spec, Map<Long, StoredRow> rows, Pipeline pipeline) {
        RowEncoding encoding = RowEncoding.of(pipeline.publish().precision());
        RowInitializer initializer = new RowInitializer(spec);
        byte[] bytes = new byte[encoding.bytes(spec.dimension(), spec.wide())];
        FloatBuffer out = table.rows();
        for (int i = 0; i < table.count(); i++) {
            int at = out.position() + i * spec.width();
            StoredRow row = rows.get(table.ids()[i]);
            if (row == null) {
                initializer.fillAbsent(table.ids()[i], out, at);
            } else {
                encoding.encode(row.weights(), spec.dimension(), bytes);
                encoding.decode(bytes, spec.dimension(), spec.wide(), out, at);
            }
        }
    }

    private List<EncodedFeatures> encoded(Pipeline pipeline) {
        ExampleEncoder encoder = new ExampleEncoder(pipeline);
        TokenList recents = TokenList.newBuilder()
                .addAllValues(recent.stream().map(String::valueOf).toList())
                .build();
        return items.stream()
                .map(item -> Example.newBuilder()
                        .setImpressionId("i")
                        .setTimeMs(1)
                        .setWeight(1)
                        .addLabels(Label.newBuilder().setTask("like"))
                        .putFeatures(
                                "user", FeatureValue.newBuilder().setText(user).build())
                        .putFeatures(
                                "item",
                                FeatureValue.newBuilder().setInteger(item).build())
                        .putFeatures(
                                "recent",
                                FeatureValue.newBuilder().setTokens(recents).build())
                        .build())
                .map(example -> encoder.encode(new JoinedExample(0, 0, example.toByteArray()))
                        .features())
                .toList();
    }
}

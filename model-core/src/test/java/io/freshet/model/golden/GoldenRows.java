package io.freshet.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.ranker.FeatureLayout;
import io.freshet.model.ranker.ModelPlan;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Rows that learn by Adagrad from what a step leaves in its batch. */
final class GoldenRows {
    private static final double EPSILON = 1e-10;

    private final ModelPlan plan;
    private final Golden golden;
    private final Map<String, Map<Long, float[]>> rows;
    private final Map<String, Map<Long, float[]>> accumulators = new HashMap<>();

    GoldenRows(ModelPlan plan, Golden golden, Map<String, Map<Long, float[]>> rows) {
        this.plan = plan;
        this.golden = golden;
        this.rows = rows;
        rows.forEach((table, byId) -> {
            Map<Long, float[]> own = new HashMap<>();
            byId.forEach((id, row) -> own.put(id, filled(row.length, setting(table, "initial_accumulator"))));
            accumulators.put(table, own);
        });
    }

    private double setting(String table, String name) {
        return golden.at("training", "rows", table, name).asDouble();
    }

    private static float[] filled(int length, double value) {
        float[] filled = new float[length];
        Arrays.fill(filled, (float) value);
        return filled;
    }

    void learn(RankerBatch batch) {
        boolean ofTheMean = golden.at("training", "row_gradient").asText().equals("MEAN");
        for (TableBatch table : batch.tables()) {
            String name = table.table().name();
            int width = table.table().width();
            for (int i = 0; i < table.count(); i++) {
                float[] row = rows.get(name).get(table.ids()[i]);
                float[] accumulator = accumulators.get(name).get(table.ids()[i]);
                for (int j = 0; j < width; j++) {
                    double gradient = table.gradients()[i * width + j] / (ofTheMean ? batch.size() : 1.0);
                    accumulator[j] += (float) (gradient * gradient);
                    row[j] -=
                            (float) (setting(name, "learning_rate") * gradient / (Math.sqrt(accumulator[j]) + EPSILON));
                }
            }
        }
    }

    void assertRows(JsonNode after, double tolerance) {
        for (FeatureLayout.Table table : plan.features().tables()) {
            String name = table.name();
            long[] ids = Golden.longs(Golden.at(after, "rows", name, "ids"));
            double[] weights =
                    Golden.Values.of(Golden.at(after, "rows", name, "weights")).data();
            double[] sums =
                    Golden.Values.of(Golden.at(after, "row_accumulators", name)).data();
            for (int i = 0; i < ids.length; i++) {
                int from = i * table.width();
                int to = from + table.width();
                double[] row = Arrays.copyOfRange(weights, from, to);
                Close.assertClose("row of " + name, rows.get(name).get(ids[i]), row, tolerance);
                double[] sum = Arrays.copyOfRange(sums, from, to);
                Close.assertClose(
                        "accumulator of " + name, accumulators.get(name).get(ids[i]), sum, tolerance);
            }
        }
    }
}

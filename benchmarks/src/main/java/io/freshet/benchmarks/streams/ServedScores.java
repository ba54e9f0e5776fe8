package io.freshet.benchmarks.streams;

import io.freshet.benchmarks.run.Example;
import io.freshet.benchmarks.run.ProgressiveRun;
import io.freshet.benchmarks.run.Quality;
import io.freshet.benchmarks.run.Scores;
import io.freshet.contracts.pipeline.PublishConfig.RowPrecision;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.DenseWeights;
import io.freshet.model.score.Scorer;
import io.freshet.model.step.TrainingStep;
import io.freshet.store.codec.RowEncoding;
import io.freshet.store.table.TableSpec;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * What a server would score during a pass: with the dense weights of the moment, and rows as they come out of a precision in
 * which they are published.
 */
final class ServedScores implements ProgressiveRun.Watcher, AutoCloseable {
    private final RowEncoding encoding;
    private final List<TableSpec> tables;
    private final Scorer scorer;
    private final Scores scores = new Scores();
    private byte[] encoded = new byte[0];
    private float[] trained = new float[0];

    ServedScores(RowPrecision precision, ModelPlan plan, List<TableSpec> tables) {
        encoding = RowEncoding.of(precision);
        this.tables = tables;
        scorer = new Scorer(plan, "cpu");
    }

    @Override
    public void beforeStep(RankerBatch batch, List<Example> examples, TrainingStep step) {
        float[][] kept = new float[batch.tables().size()][];
        for (int i = 0; i < kept.length; i++) {
            TableBatch table = batch.tables().get(i);
            kept[i] = publish(table.rows(), tables.get(table.table().index()));
        }
        try (DenseWeights dense = scorer.load(step.weights())) {
            float[] chances = scorer.score(dense, batch);
            for (int i = 0; i < chances.length; i++) {
                scores.add(
                        (float) Math.log(chances[i] / (1.0 - chances[i])),
                        examples.get(i).label());
            }
        }
        for (int i = 0; i < kept.length; i++) {
            batch.tables().get(i).rows().put(kept[i]);
        }
    }

    /** Sends rows through the precision, in place, and gives what they were. */
    private float[] publish(FloatBuffer rows, TableSpec table) {
        float[] kept = new float[rows.remaining()];
        rows.duplicate().get(kept);
        encoded = encoded.length == bytes(table) ? encoded : new byte[bytes(table)];
        trained = trained.length == table.width() ? trained : new float[table.width()];
        for (int at = 0; at < kept.length; at += table.width()) {
            System.arraycopy(kept, at, trained, 0, trained.length);
            encoding.encode(trained, table.dimension(), encoded);
            encoding.decode(encoded, table.dimension(), table.wide(), rows, rows.position() + at);
        }
        return kept;
    }

    private int bytes(TableSpec table) {
        return encoding.bytes(table.dimension(), table.wide());
    }

    /** Of what was scored so far. */
    Quality quality(Quality ofTraining) {
        return scores.quality(ofTraining.parameters(), ofTraining.seconds());
    }

    @Override
    public void close() {
        scorer.close();
    }
}

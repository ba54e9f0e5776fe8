package io.freshet.model;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.ranker.ModelPlan;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Made-up examples of {@link Pipelines#movies()}, the same for the same seed. Rows never learn. */
public final class MovieStream {
    private final SplittableRandom random;
    private final BatchAssembler assembler;

    /** A stream from its beginning. */
    public MovieStream(ModelPlan plan, long seed) {
        random = new SplittableRandom(seed);
        assembler = new BatchAssembler(plan);
    }

    /** A batch and its labels. */
    public record Next(RankerBatch batch, Labels labels) {}

    /** The next examples, their rows filled in. */
    public Next next(int size) {
        List<EncodedFeatures> examples = new ArrayList<>();
        float[] labels = new float[size];
        float[] weights = new float[size];
        Arrays.fill(weights, 1);
        for (int i = 0; i < size; i++) {
            EncodedFeatures example = example();
            examples.add(example);
            labels[i] = example.ids()[0] % 3 == 0 ? 1 : 0;
        }
        RankerBatch batch = assembler.assemble(examples);
        batch.tables().forEach(MovieStream::fill);
        return new Next(batch, new Labels(labels, weights));
    }

    private EncodedFeatures example() {
        int genres = 1 + random.nextInt(3);
        int recent = random.nextInt(10); // Often none, as at the start of a history.
        int[] offsets = {0, 1, 2, 2 + genres, 2 + genres + recent};
        long[] ids = new long[2 + genres + recent];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.nextInt(i == 0 ? 300 : 500);
        }
        return new EncodedFeatures(ids, offsets, new float[] {(float) random.nextDouble()});
    }

    /** A row is made of its id. */
    private static void fill(TableBatch table) {
        FloatBuffer rows = table.rows();
        for (int i = 0; i < table.count(); i++) {
            SplittableRandom ofRow = new SplittableRandom(table.ids()[i]);
            for (int j = 0; j < table.table().width(); j++) {
                rows.put((float) (ofRow.nextDouble() - 0.5));
            }
        }
    }
}

package io.freshet.benchmarks.soak;

import io.freshet.benchmarks.result.ResultLine;
import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.model.batch.BatchAssembler;
import io.freshet.model.batch.Labels;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.step.DenseState;
import io.freshet.model.step.TrainingStep;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Trains for many steps whose batches differ in size, and writes down what the process holds: resident memory, and that
 * less the Java heap, which is the engine's and the direct buffers' share. Some steps are skipped, since a row is not
 * finite, so that this path is under test as well.
 *
 * <p>Keys: {@code steps}; {@code skipped}; {@code resident_mib} and {@code native_mib} at the end; {@code growth_mib},
 * that of native memory from a tenth of the way, when caches are full, to the end.
 */
final class SoakBenchmark {
    private static final String PIPELINE = """
            name: soak
            tables: {user: {dimension: 16}, item: {dimension: 16}}
            features:
              - {name: user, slot: id, table: user, group: user}
              - {name: item, slot: id, table: item, group: item}
              - {name: recent, slot: sequence, table: item, group: history}
              - {name: age, slot: number, group: item}
            tasks:
              - {name: click, window: 1h}
              - {name: buy, window: 1h, given: click}
              - {name: both, type: product, of: buy}
            ranker: {width: 32, layers: 2, heads: 4}
            training:
              {device: cpu, threads: 1, clip-norm: 1, optimizer: {type: adamw, weight-decay: 0.01},
               schedule: {type: cosine, warm-up: 100, steps: 10000}}
            """;

    private static final long SEED = 1;
    private static final int POINTS = 20;
    private static final int SKIP_EVERY = 500;
    private static final double MIB = 1 << 20;
    private static final int READINGS = 20;

    private final int steps;
    private final int batch;
    private final PrintWriter out;
    private final SplittableRandom random = new SplittableRandom(SEED);

    SoakBenchmark(int steps, int batch, PrintWriter out) {
        this.steps = steps;
        this.batch = batch;
        this.out = out;
    }

    /** Memory at one moment, in MiB. */
    private record Point(double resident, double outsideHeap) {}

    ResultLine run() throws IOException {
        Pipeline pipeline = PipelineFile.parse(PIPELINE, Map.of());
        ModelPlan plan = ModelPlan.of(pipeline);
        BatchAssembler assembler = new BatchAssembler(plan);
        List<Point> points = new ArrayList<>();
        out.printf("%8s %14s %12s%n", "step", "resident MiB", "native MiB");
        try (TrainingStep step =
                new TrainingStep(plan, pipeline.training(), DenseState.initial(plan, pipeline.training()))) {
            int every = Math.max(1, steps / POINTS);
            for (int i = 1; i <= steps; i++) {
                train(step, assembler, i % SKIP_EVERY == 0);
                if (i % every == 0) {
                    points.add(now());
                    Point point = points.get(points.size() - 1);
                    out.printf("%8d %14.1f %12.1f%n", i, point.resident(), point.outsideHeap());
                    out.flush();
                }
            }
            Point early = points.get(points.size() / 10);
            Point last = points.get(points.size() - 1);
            return new ResultLine()
                    .add("bench", "soak")
                    .add("steps", steps)
                    .add("skipped", (int) step.snapshot().skipped())
                    .add("resident_mib", last.resident(), 4)
                    .add("native_mib", last.outsideHeap(), 4)
                    .add("growth_mib", last.outsideHeap() - early.outsideHeap(), 3);
        }
    }

    private void train(TrainingStep step, BatchAssembler assembler, boolean poisoned) {
        int size = 1 + random.nextInt(batch);
        List<EncodedFeatures> examples = new ArrayList<>();
        float[] labels = new float[3 * size];
        float[] weights = new float[size];
        Arrays.fill(weights, 1);
        for (int i = 0; i < size; i++) {
            examples.add(example());
            labels[3 * i] = random.nextInt(4) == 0 ? 1 : 0;
            labels[3 * i + 1] = random.nextInt(2);
        }
        RankerBatch assembled = assembler.assemble(examples);
        for (TableBatch table : assembled.tables()) {
            for (int i = 0; i < table.count() * table.table().width(); i++) {
                table.rows().put(i, (float) (random.nextDouble() - 0.5) / 50);
            }
        }
        if (poisoned) {
            assembled.table(0).rows().put(0, Float.NaN);
        }
        step.run(assembled, new Labels(labels, weights));
    }

    private EncodedFeatures example() {
        int recent = random.nextInt(10);
        long[] ids = random.longs(2 + recent, 0, 1000).toArray();
        return new EncodedFeatures(ids, new int[] {0, 1, 2, 2 + recent}, new float[] {(float) random.nextDouble()});
    }

    private static Point now() throws IOException {
        System.gc(); // So that direct buffers and handles that nobody holds are gone.
        double resident = Double.MAX_VALUE;
        for (int i = 0; i < READINGS; i++) { // The heap gives pages back while the program goes on.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
            resident = Math.min(resident, Long.parseLong(pages) * 4096 / MIB);
        }
        return new Point(resident, resident - Runtime.getRuntime().totalMemory() / MIB);
    }
}

package io.freshet.model;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.model.batch.*;
import io.freshet.model.ranker.*;
import io.freshet.model.script.*;
import io.freshet.model.step.*;
import java.util.*;

public class SpeedProbe {
    static EncodedFeatures example(SplittableRandom r) {
        int g = 1 + r.nextInt(3), h = r.nextInt(11);
        long[] ids = new long[2 + g + h];
        int[] o = {0, 1, 2, 2 + g, 2 + g + h};
        ids[0] = r.nextInt(2000);
        ids[1] = r.nextInt(3000);
        for (int i = 0; i < g; i++) ids[2 + i] = r.nextInt(18);
        for (int i = 0; i < h; i++) ids[2 + g + i] = r.nextInt(3000);
        return new EncodedFeatures(ids, o, new float[] {(float) r.nextDouble()});
    }

    static void show(String what) {
        System.out.println(what);
    }

    public static void main(String[] a) throws Exception {
        long t0 = System.nanoTime();
        ModelPlan plan = ModelPlan.of(Pipelines.movies());
        show(plan.describe());
        java.nio.file.Files.write(
                java.nio.file.Path.of("/tmp/ts/ranker.pt"),
                ScriptArchive.of(new RankerScript(plan.program()).source()));
        java.nio.file.Files.writeString(
                java.nio.file.Path.of("/tmp/ts/ranker.py"), new RankerScript(plan.program()).source());
        TrainingStep step =
                new TrainingStep(plan, Pipelines.training(), DenseState.initial(plan, Pipelines.training()));
        show("engine up " + (System.nanoTime() - t0) / 1e6);
        BatchAssembler as = new BatchAssembler(plan);
        SplittableRandom r = new SplittableRandom(1);
        if (a.length > 1) ai.djl.pytorch.jni.JniUtils.setGraphExecutorOptimize(true);
        int n = 2000;
        int size = Integer.parseInt(a[0]);
        double[] ms = new double[n];
        double asm = 0;
        for (int i = 0; i < n; i++) {
            int b = i % 10 == 9 ? 1 + r.nextInt(size) : size;
            List<EncodedFeatures> ex = new ArrayList<>();
            for (int k = 0; k < b; k++) ex.add(example(r));
            float[] y = new float[b], w = new float[b];
            Arrays.fill(w, 1);
            for (int k = 0; k < b; k++) y[k] = ex.get(k).ids()[0] % 3 == 0 ? 1 : 0;
            long s = System.nanoTime();
            RankerBatch batch = as.assemble(ex);
            for (TableBatch t : batch.tables()) {
                var rows = t.rows();
                while (rows.hasRemaining()) rows.put((float) (r.nextDouble() - .5) * .04f);
            }
            long s1 = System.nanoTime();
            StepResult res = step.run(batch, new Labels(y, w));
            long s2 = System.nanoTime();
            asm += (s1 - s) / 1e6;
            ms[i] = (s2 - s1) / 1e6;
            if (i < 5 || i % 500 == 0) show(i + " b " + b + " loss " + res.loss() + " ms " + ms[i]);
        }
        double[] tail = Arrays.copyOfRange(ms, n / 2, n);
        Arrays.sort(tail);
        show("assemble+rows ms " + asm / n + " step median " + tail[tail.length / 2] + " p10 " + tail[tail.length / 10]
                + " p99 " + tail[tail.length * 99 / 100] + " max first 100 "
                + Arrays.stream(ms, 0, 100).max().getAsDouble());
        if (a.length > 2) {
            ai.djl.pytorch.jni.JniUtils.startProfile(false, false, false);
        }
        step.close();
    }
}

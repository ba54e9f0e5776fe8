package io.freshet.benchmarks.run;

import io.freshet.benchmarks.result.ResultLine;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Several variants, each with several seeds, on streams of those seeds. Passes run side by side, each in one thread. A
 * variant is compared with the first one seed by seed, on the same stream.
 */
public final class Table {
    private final String template;
    private final List<Variant> variants;
    private final List<Long> seeds;
    private final PrintWriter out;
    private final Map<Variant, List<Quality>> results = new LinkedHashMap<>();

    /** A table of nothing yet. */
    public Table(String template, List<Variant> variants, List<Long> seeds, PrintWriter out) {
        this.template = template;
        this.variants = List.copyOf(variants);
        this.seeds = List.copyOf(seeds);
        this.out = out;
    }

    /** The examples of a seed, from the beginning; called by several threads. */
    @FunctionalInterface
    public interface Streams {
        /** A fresh pass. */
        Iterable<Example> of(long seed);
    }

    /** Passes over all streams with all variants, so many at a time; prints a row as soon as it is known. */
    public Table run(Streams streams, int threads) {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            Map<Variant, List<Future<Quality>>> running = new LinkedHashMap<>();
            for (Variant variant : variants) {
                List<Future<Quality>> ofVariant = new ArrayList<>();
                for (long seed : seeds) {
                    ofVariant.add(workers.submit(() -> new ProgressiveRun(variant.pipeline(template, seed))
                            .over(streams.of(seed).iterator())));
                }
                running.put(variant, ofVariant);
            }
            for (Variant variant : variants) {
                List<Quality> done = new ArrayList<>();
                for (Future<Quality> future : running.get(variant)) {
                    done.add(future.get());
                }
                results.put(variant, done);
                print(variant);
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException(
                    "A pass failed: " + failed.getCause().getMessage(), failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", interrupted);
        } finally {
            workers.shutdownNow();
        }
        return this;
    }

    private void print(Variant variant) {
        if (variant.equals(variants.get(0))) {
            out.printf(
                    "%-34s %9s  %-15s  %-15s  %-17s %9s %6s%n",
                    "", "weights", "AUC (spread)", "second half", "to the first row", "log loss", "s");
        }
        Spread auc = Spread.of(results.get(variant), Quality::auc);
        Spread second = Spread.of(results.get(variant), Quality::aucSecondHalf);
        Spread difference = difference(variant);
        out.printf(
                "%-34s %,9d  %.4f (%.4f)  %.4f (%.4f)  %+.4f (%.4f)  %9.4f %6.1f%n",
                variant.name(),
                results.get(variant).get(0).parameters(),
                auc.mean(),
                auc.deviation(),
                second.mean(),
                second.deviation(),
                difference.mean(),
                difference.deviation(),
                Spread.of(results.get(variant), Quality::logLoss).mean(),
                Spread.of(results.get(variant), Quality::seconds).mean());
        out.flush();
    }

    /** AUC of the second half against that of the first row, seed by seed. */
    private Spread difference(Variant variant) {
        double[] differences = new double[seeds.size()];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = results.get(variant).get(i).aucSecondHalf()
                    - results.get(variants.get(0)).get(i).aucSecondHalf();
        }
        return Spread.of(differences);
    }

    /** One object per row, in order. */
    public List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Variant variant : variants) {
            Spread auc = Spread.of(results.get(variant), Quality::auc);
            Spread second = Spread.of(results.get(variant), Quality::aucSecondHalf);
            Spread difference = difference(variant);
            rows.add(new ResultLine()
                    .add("name", variant.name())
                    .add("weights", results.get(variant).get(0).parameters())
                    .add("auc", auc.mean(), 5)
                    .add("auc_spread", auc.deviation(), 2)
                    .add("auc_second_half", second.mean(), 5)
                    .add("auc_second_half_spread", second.deviation(), 2)
                    .add("to_first", difference.mean(), 3)
                    .add("to_first_spread", difference.deviation(), 2)
                    .values());
        }
        return rows;
    }
}

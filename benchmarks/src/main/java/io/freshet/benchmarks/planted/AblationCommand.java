package io.freshet.benchmarks.planted;

import io.freshet.benchmarks.result.ResultLine;
import io.freshet.benchmarks.run.Example;
import io.freshet.benchmarks.run.Table;
import io.freshet.benchmarks.run.Variant;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * {@code freshet bench ablation}: TokenMixer-Large with parts taken away, and other rankers of its size, on streams whose
 * truth is known. Every model sees the same examples in the same order, once, with rows of the same width and the same
 * optimizers; parts and depths share one learning rate, each ranker has a row for each of several.
 *
 * <p>Keys: {@code bayes_auc} and {@code bayes_auc_second_half}, what the true chances reach, mean over seeds; {@code
 * parts}, {@code rankers} and {@code depths}, a list of rows each, see {@link Table#rows}.
 */
@Command(
        name = "ablation",
        description = "What each part of TokenMixer-Large is worth, and other rankers of its size, on a planted task.",
        mixinStandardHelpOptions = true)
public final class AblationCommand implements Callable<Integer> {
    private static final int BATCH = 512;

    @CommandLine.Spec
    private CommandSpec spec;

    @Option(names = "--examples", defaultValue = "400000", description = "of a stream (default ${DEFAULT-VALUE})")
    private int examples;

    @Option(names = "--seeds", defaultValue = "3", description = "streams, and starts (default ${DEFAULT-VALUE})")
    private int seeds;

    @Option(
            names = "--first-seed",
            defaultValue = "1",
            description = "the others follow it: new ones test what was seen on old ones (default ${DEFAULT-VALUE})")
    private long firstSeed;

    @Option(names = "--width", defaultValue = "32", description = "D of TokenMixer-Large (default ${DEFAULT-VALUE})")
    private int width;

    @Option(names = "--layers", defaultValue = "4", description = "L of TokenMixer-Large (default ${DEFAULT-VALUE})")
    private int layers;

    @Option(names = "--heads", defaultValue = "8", description = "H of TokenMixer-Large (default ${DEFAULT-VALUE})")
    private int heads;

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "0.001,0.003",
            description =
                    "of Adam, dense weights: parts and depths have the first, each ranker all (default ${DEFAULT-VALUE})")
    private List<Double> rates;

    @Option(names = "--only", description = "rows in whose name this regular expression is found, and the first row")
    private Pattern only;

    @Option(
            names = "--by-value",
            defaultValue = "0.3",
            description =
                    "share of places in crosses that look at a field's id, not its numbers (default ${DEFAULT-VALUE})")
    private double byValue;

    @Option(
            names = "--tables",
            split = ",",
            defaultValue = "parts,rankers",
            description = "of parts, rankers, depths (default ${DEFAULT-VALUE})")
    private List<Rows> tables;

    @Option(names = "--threads", description = "passes at a time (default: as many as there are cores)")
    private Integer threads;

    /** The tables. */
    enum Rows {
        parts,
        rankers,
        depths
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PlantedTask.Spec task = task();
        String template = template(task);
        List<Long> all = LongStream.range(firstSeed, firstSeed + seeds).boxed().toList();
        ResultLine line = new ResultLine()
                .add("bench", "ablation")
                .add("examples", examples)
                .add("seeds", seeds)
                .add("first_seed", firstSeed);
        addBayes(line, task, all, out);
        Ablation ablation = new Ablation(width, heads, layers, rates);
        for (Rows rows : tables) {
            out.println(rows);
            List<Variant> variants = switch (rows) {
                case parts -> ablation.parts();
                case rankers -> ablation.rankers(template);
                case depths -> ablation.depths();
            };
            line.add(rows.name(), table(template, chosen(variants), all, task, out));
        }
        out.println(line);
        out.flush();
        return 0;
    }

    private PlantedTask.Spec task() {
        return new PlantedTask.Spec(
                8, 16, 3, byValue, List.of(8, 4, 2), List.of(3, 3, 2), List.of(0.5, 1.6, 1.0, 0.7), 0.5, examples);
    }

    private static String template(PlantedTask.Spec task) {
        return """
                name: planted
                tasks: [{name: click, window: 1h}]
                training:
                  {batch-size: %d, device: cpu, threads: 1, seed: SEED, optimizer: {type: adam, learning-rate: RATE}}
                ranker: {RANKER}
                """.formatted(BATCH) + PlantedTask.features(task);
    }

    private void addBayes(ResultLine line, PlantedTask.Spec task, List<Long> all, PrintWriter out) {
        List<PlantedTask.Bayes> bayes =
                all.stream().map(seed -> new PlantedTask(task, seed).bayes()).toList();
        double whole =
                bayes.stream().mapToDouble(PlantedTask.Bayes::auc).average().orElseThrow();
        double half = bayes.stream()
                .mapToDouble(PlantedTask.Bayes::aucSecondHalf)
                .average()
                .orElseThrow();
        line.add("bayes_auc", whole, 5).add("bayes_auc_second_half", half, 5);
        out.printf(
                "%,d examples, %d seeds; AUC of the true chances %.4f, second half %.4f%n",
                examples, seeds, whole, half);
        out.flush();
    }

    private List<Variant> chosen(List<Variant> variants) {
        List<Variant> chosen = new ArrayList<>(variants);
        chosen.removeIf(variant -> only != null
                && variant != variants.get(0)
                && !only.matcher(variant.name()).find());
        return chosen;
    }

    private List<Map<String, Object>> table(
            String template, List<Variant> variants, List<Long> all, PlantedTask.Spec task, PrintWriter out) {
        int parallel = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        Table.Streams streams = seed -> {
            PlantedTask ofSeed = new PlantedTask(task, seed);
            return (Iterable<Example>) ofSeed::examples;
        };
        return new Table(template, variants, all, out).run(streams, parallel).rows();
    }
}

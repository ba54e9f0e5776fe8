package io.freshet.benchmarks.streams;

import io.freshet.benchmarks.result.ResultLine;
import io.freshet.benchmarks.run.Rankers;
import io.freshet.benchmarks.run.Table;
import io.freshet.benchmarks.run.Variant;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * {@code freshet bench streams}: progressive AUC of the four rankers on recorded streams, one pass in the order of time,
 * labels known at once. All have the same features in the same groups, rows of the same width, as many dense weights as
 * nearly as their widths allow, and the same optimizers.
 *
 * <p>Key {@code streams}: for each stream a list of rows, see {@link Table#rows}.
 */
@Command(
        name = "streams",
        description = "Progressive AUC of the four rankers on recorded streams, without Kafka and Flink.",
        mixinStandardHelpOptions = true)
public final class StreamsCommand implements Callable<Integer> {
    private static final int RANK_MIXER_TOKENS = 4;

    @CommandLine.Spec
    private CommandSpec spec;

    @Option(
            names = "--converted",
            paramLabel = "NAME=FOLDER",
            description = "ml-latest-small or mind-sample, and the folder that its script wrote; may be repeated")
    private Map<String, Path> converted = new LinkedHashMap<>();

    @Option(names = "--without-movietweetings", description = "leave the bundled stream out")
    private boolean withoutBundled;

    @Option(names = "--seeds", defaultValue = "3", description = "starts of each ranker (default ${DEFAULT-VALUE})")
    private int seeds;

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "0.003",
            description =
                    "learning rates of the dense weights; each ranker has a row for each (default ${DEFAULT-VALUE})")
    private List<Double> rates;

    @Option(
            names = "--examples",
            defaultValue = "2147483647",
            description = "at most so many of a stream (default: all)")
    private int examples;

    @Option(names = "--threads", description = "passes at a time (default: as many as there are cores)")
    private Integer threads;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<RecordedStream> streams = new ArrayList<>();
        if (!withoutBundled) {
            streams.add(RecordedStream.movieTweetings());
        }
        converted.forEach((name, folder) -> streams.add(RecordedStream.converted(name, folder)));
        Map<String, Object> rows = new LinkedHashMap<>();
        for (RecordedStream whole : streams) {
            RecordedStream stream = whole.first(examples);
            out.printf(
                    "%s: %,d examples, %d seeds%n",
                    stream.name(), stream.examples().size(), seeds);
            rows.put(stream.name(), table(stream, out));
        }
        out.println(new ResultLine().add("bench", "streams").add("streams", rows));
        out.flush();
        return 0;
    }

    private List<Map<String, Object>> table(RecordedStream stream, PrintWriter out) {
        int parallel = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        Variant whole = new Variant("TokenMixer-Large", "type: token-mixer-large, width: 64, heads: 4, layers: 2", 1);
        List<Variant> variants = Rankers.ofTheSizeOf(whole, stream.template(), RANK_MIXER_TOKENS).stream()
                .flatMap(ranker -> ranker.at(rates).stream())
                .toList();
        List<Long> all = LongStream.rangeClosed(1, seeds).boxed().toList();
        return new Table(stream.template(), variants, all, out)
                .run(seed -> stream.examples(), parallel)
                .rows();
    }
}

package io.freshet.benchmarks.streams;

import io.freshet.benchmarks.result.ResultLine;
import io.freshet.benchmarks.run.ProgressiveRun;
import io.freshet.benchmarks.run.Quality;
import io.freshet.benchmarks.run.Variant;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PublishConfig.RowPrecision;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.store.table.TableSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * {@code freshet bench precision}: what it costs in AUC to publish rows in fewer bits. One pass trains in 32 bits; before
 * each batch is learnt, it is scored as a server would score it whose rows came in each precision.
 *
 * <p>Key {@code trained_auc}: of the trainer's own predictions. Keys for each precision: {@code auc}, {@code auc_second_half}, {@code log_loss}, and {@code to_fp32}, the difference of
 * the AUC of the second half.
 */
@Command(
        name = "precision",
        description = "AUC of served rows in fp32, fp16 and int8, on a recorded stream, without Kafka and Flink.",
        mixinStandardHelpOptions = true)
public final class PrecisionCommand implements Callable<Integer> {
    private static final String RANKER = "type: token-mixer-large, width: 64, heads: 4, layers: 2";
    private static final double RATE = 0.003;

    @CommandLine.Spec
    private CommandSpec spec;

    @Option(
            names = "--converted",
            paramLabel = "NAME=FOLDER",
            description =
                    "ml-latest-small or mind-sample in place of the bundled stream, and the folder that its script"
                            + " wrote")
    private Map<String, Path> converted = new LinkedHashMap<>();

    @Option(
            names = "--examples",
            defaultValue = "2147483647",
            description = "at most so many of the stream (default: all)")
    private int examples;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        RecordedStream whole = converted.entrySet().stream()
                .findFirst()
                .map(entry -> RecordedStream.converted(entry.getKey(), entry.getValue()))
                .orElseGet(RecordedStream::movieTweetings);
        RecordedStream stream = whole.first(examples);
        Map<RowPrecision, Quality> qualities = new LinkedHashMap<>();
        Quality training = pass(stream, qualities);
        Quality exact = qualities.get(RowPrecision.FP32);
        ResultLine line = new ResultLine()
                .add("bench", "precision")
                .add("stream", stream.name())
                .add("trained_auc", training.auc(), 6);
        out.printf("%s, %,d examples%n", stream.name(), stream.examples().size());
        out.printf("%-6s %9s  %11s  %8s  %s%n", "", "AUC", "second half", "log loss", "to fp32");
        qualities.forEach((precision, quality) -> {
            String word = precision.name().toLowerCase(Locale.ROOT);
            double toExact = quality.aucSecondHalf() - exact.aucSecondHalf();
            out.printf(
                    "%-6s %9.5f  %11.5f  %8.5f  %+.6f%n",
                    word, quality.auc(), quality.aucSecondHalf(), quality.logLoss(), toExact);
            line.add(
                    word,
                    new ResultLine()
                            .add("auc", quality.auc(), 6)
                            .add("auc_second_half", quality.aucSecondHalf(), 6)
                            .add("log_loss", quality.logLoss(), 6)
                            .add("to_fp32", toExact, 3)
                            .values());
        });
        out.println(line);
        out.flush();
        return 0;
    }

    /** Fills in what was served, and gives how good the trainer's own predictions were, which are those of fp32. */
    private static Quality pass(RecordedStream stream, Map<RowPrecision, Quality> qualities) {
        Pipeline pipeline = new Variant("TokenMixer-Large", RANKER, RATE).pipeline(stream.template(), 1);
        ModelPlan plan = ModelPlan.of(pipeline);
        Map<RowPrecision, ServedScores> served = new LinkedHashMap<>();
        for (RowPrecision precision : new RowPrecision[] {RowPrecision.FP32, RowPrecision.FP16, RowPrecision.INT8}) {
            served.put(precision, new ServedScores(precision, plan, TableSpec.of(pipeline)));
        }
        Quality training = new ProgressiveRun(pipeline)
                .over(
                        stream.examples().iterator(),
                        (batch, examples, step) ->
                                served.values().forEach(each -> each.beforeStep(batch, examples, step)));
        served.forEach((precision, scores) -> {
            qualities.put(precision, scores.quality(training));
            scores.close();
        });
        return training;
    }
}

package io.freshet.benchmarks.rows;

import io.freshet.benchmarks.result.ResultLine;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code freshet bench checkpoints}: rows are updated through an interval with write-behind, then comes a barrier. Keys,
 * each a median over the rounds and by number of rows changed:
 *
 * <ul>
 *   <li>{@code pause_ms}: from the barrier until both tiers agree
 *   <li>{@code checkpoint_ms}: from then until the database's checkpoint is complete, which Flink does beside the stream
 *   <li>{@code new_mb}: bytes of the files that the checkpoint does not share with the one before
 * </ul>
 */
@Command(
        name = "checkpoints",
        description = "How long a barrier waits for the rows, and how many bytes a checkpoint adds.",
        mixinStandardHelpOptions = true)
public final class CheckpointsCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandSpec spec;

    @Mixin
    private CheckpointsOptions options;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println(run(options, out));
        out.flush();
        return 0;
    }

    static ResultLine run(CheckpointsOptions options, PrintWriter out) {
        Map<String, Object> pauses = new LinkedHashMap<>();
        Map<String, Object> checkpoints = new LinkedHashMap<>();
        Map<String, Object> bytes = new LinkedHashMap<>();
        try (CheckpointedRows rows = new CheckpointedRows(options)) {
            out.printf("%,d rows of %d floats and Adagrad's state: %s%n", options.rows(), options.width(), rows.fill());
            for (int changed : options.changed()) {
                CheckpointedRows.Barrier[] barriers = new CheckpointedRows.Barrier[options.rounds()];
                for (int round = 0; round < barriers.length; round++) {
                    barriers[round] = rows.interval(changed);
                    out.printf("%,d rows changed: %s%n", changed, barriers[round]);
                    out.flush();
                }
                pauses.put("" + changed, median(barriers, CheckpointedRows.Barrier::pauseMs));
                checkpoints.put("" + changed, median(barriers, CheckpointedRows.Barrier::checkpointMs));
                bytes.put("" + changed, median(barriers, CheckpointedRows.Barrier::newMegabytes));
            }
        }
        return new ResultLine()
                .add("bench", "checkpoints")
                .add("rows", options.rows())
                .add("interval_ms", options.intervalMs())
                .add("pause_ms", pauses)
                .add("checkpoint_ms", checkpoints)
                .add("new_mb", bytes);
    }

    private static Object median(
            CheckpointedRows.Barrier[] barriers, ToDoubleFunction<CheckpointedRows.Barrier> figure) {
        double[] sorted = Arrays.stream(barriers).mapToDouble(figure).sorted().toArray();
        return ResultLine.rounded(sorted[sorted.length / 2], 4);
    }
}

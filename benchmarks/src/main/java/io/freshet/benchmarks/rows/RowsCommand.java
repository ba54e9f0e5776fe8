package io.freshet.benchmarks.rows;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code freshet bench rows}: rows are gathered and updated by one thread, all of them in memory, ids drawn from
 * Zipf(1.0). Keys, null where something was left out:
 *
 * <ul>
 *   <li>{@code huge_page_share}: how much of the memory lay in huge pages when our rows were made, without which rows of
 *       large tables are read a third slower; {@code GLIBC_TUNABLES} of the launcher asks for them
 *   <li>{@code gather_rows_per_second} and {@code apply_rows_per_second}: an Adagrad step per id, repetitions included
 *   <li>{@code vs_rocksdb}, {@code vs_value_state}, {@code vs_redis}: our gather over theirs, of the same ids, where
 *       they hold weights alone and everything in memory
 *   <li>{@code of_copy}: our gather over a plain copy of as many bytes
 *   <li>{@code growth_50m_over_1m}: time per gathered row of a large table over that of a small one
 *   <li>{@code spill_share}: with one row in ten hot and the others in a database on disk, batches gathered and then
 *       applied per second over those with all rows hot; {@code spill_share_gather} for gathering alone; {@code
 *       spill_hit_rate}; {@code spill_rss_mb}, the most that the process took, in 2^20 bytes, and {@code
 *       spill_bound_mb}, what it may take: hot rows, RocksDB's cache, Java heap and a fixed part for the JVM
 * </ul>
 */
@Command(
        name = "rows",
        description = "Rows gathered and updated in memory, beside RocksDB, Flink's ValueState and Redis.",
        mixinStandardHelpOptions = true)
public final class RowsCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandSpec spec;

    @Mixin
    private RowsOptions options;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println(new RowsBenchmark(options, out).run());
        out.flush();
        return 0;
    }
}

package io.freshet.benchmarks.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.benchmarks.process.ResidentMemory;
import io.freshet.benchmarks.process.TemporaryFolder;
import io.freshet.benchmarks.result.ResultLine;
import io.freshet.store.durable.KeyGroupSpan;
import io.freshet.store.durable.RowDatabase;
import io.freshet.store.table.RowCounts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * A table ten times as large as the hot memory over a database on disk, against one that is all hot, in a process of its
 * own, so that its memory can be told. Without checkpoints: what leaves the hot table is written, what comes back read.
 */
final class SpillRun {
    static final int ROWS_PER_HOT_ROW = 10;

    /** Of the child. Off-heap memory is bounded by what is under test, not by the JVM. */
    private static final List<String> JVM = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=64g");

    private static final double HEAP_MB = 256;

    /** Indexes and filters of the database's files, which lie beside its cache. */
    private static final double INDEX_BYTES_PER_ROW = 4;

    /** Code, classes, stacks, RocksDB's own structures. */
    private static final double FIXED_MB = 160;

    private static final double MB = 1 << 20;

    private SpillRun() {}

    /** Runs it and gives the figures that it prints, see {@link RowsCommand}. */
    static JsonNode inItsOwnProcess(RowsOptions options, PrintWriter out) {
        try (ChildJvm child = new ChildJvm(SpillRun.class, JVM, options.arguments())) {
            List<String> lines = new ArrayList<>();
            for (String line = child.line(); line != null; line = child.line()) {
                lines.add(line);
            }
            if (child.exitCode() != 0) {
                throw new IllegalStateException("The process with few hot rows failed; what it said is above.");
            }
            String last = lines.remove(lines.size() - 1);
            lines.forEach(out::println);
            return new ObjectMapper().readTree(last);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The process with few hot rows did not print its figures last", e);
        }
    }

    /** Takes the options of {@code bench rows}. */
    public static void main(String[] args) {
        ChildJvm.endWithParent();
        RowsOptions options = CommandLine.populateCommand(new RowsOptions(), args);
        PrintWriter out = new PrintWriter(System.out, true);
        try (TemporaryFolder folder = new TemporaryFolder("freshet-spill");
                RowDatabase database = open(folder.path(), options)) {
            out.println(measure(options, database, out));
        }
    }

    private static RowDatabase open(Path folder, RowsOptions options) {
        return RowDatabase.open(
                folder,
                List.of("rows"),
                new KeyGroupSpan(0, OwnRows.KEY_GROUPS - 1),
                OwnRows.KEY_GROUPS,
                new RowDatabase.Limits(options.cacheBytes(), 1));
    }

    private static ResultLine measure(RowsOptions options, RowDatabase database, PrintWriter out) {
        BenchTable table = new BenchTable(options.width());
        float[] gradients = table.gradients(options.batch(), options.seed());
        OwnRows few = new OwnRows(table, options.rows(), database.rows(), options.rows() / ROWS_PER_HOT_ROW);
        SideBySide alone = new SideBySide(options);
        long[][] batches = alone.draw(options.rows());
        alone.add("some hot", 1, batches, (taken, rows) -> few.learn(taken, gradients, rows));
        RowCounts before = few.counts();
        alone.run(out);
        RowCounts after = few.counts();
        double rssMb = ResidentMemory.peakBytes() / MB;
        double boundMb = (after.hotBytes() + options.cacheBytes() + INDEX_BYTES_PER_ROW * options.rows()) / MB
                + HEAP_MB
                + FIXED_MB;
        SideBySide race = race(options, few, new OwnRows(table, options.rows()), gradients);
        race.run(out);
        return new ResultLine()
                .add("spill_share", race.rowsPerSecond("some hot") / race.rowsPerSecond("all hot"), 3)
                .add(
                        "spill_share_gather",
                        race.rowsPerSecond("gather, some hot") / race.rowsPerSecond("gather, all hot"),
                        3)
                .add("spill_hit_rate", (double) (after.hits() - before.hits()) / (after.reads() - before.reads()), 4)
                .add("spill_rss_mb", rssMb, 4)
                .add("spill_bound_mb", boundMb, 4);
    }

    private static SideBySide race(RowsOptions options, OwnRows few, OwnRows all, float[] gradients) {
        SideBySide race = new SideBySide(options);
        long[][] learnt = race.draw(options.rows(), options.seed() + 1);
        long[][] gathered = race.draw(options.rows(), options.seed() + 2);
        return race.add("some hot", 4, learnt, (taken, rows) -> few.learn(taken, gradients, rows))
                .add("gather, some hot", 4, gathered, few::gather)
                .add("all hot", 1, learnt, (taken, rows) -> all.learn(taken, gradients, rows))
                .add("gather, all hot", 1, gathered, all::gather);
    }
}

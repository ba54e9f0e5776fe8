package io.freshet.benchmarks.rows;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.benchmarks.process.ResidentMemory;
import io.freshet.benchmarks.process.TemporaryFolder;
import io.freshet.benchmarks.result.ResultLine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Runs what the options ask for. */
final class RowsBenchmark {
    private static final String APPLY = "own apply";
    private static final String COPY = "copy";

    /** Who is slower takes fewer batches in a round. */
    private static final Map<String, Integer> SHARES =
            Map.of(RocksPeer.NAME, 16, ValueStatePeer.NAME, 32, RedisPeer.NAME, 4);

    private final RowsOptions options;
    private final PrintWriter out;
    private final BenchTable table;

    RowsBenchmark(RowsOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
        table = new BenchTable(options.width());
    }

    ResultLine run() {
        ResultLine line = new ResultLine().add("bench", "rows");
        addSpeeds(line);
        line.add("growth_50m_over_1m", options.has(Part.GROWTH) ? growth() : Double.NaN, 3);
        addSpill(line);
        return line.add("rows", options.rows())
                .add("width", options.width())
                .add("batch", options.batch())
                .add("seed", options.seed());
    }

    private void addSpeeds(ResultLine line) {
        try (TemporaryFolder folder = new TemporaryFolder("freshet-rows")) {
            addSpeeds(folder.path(), line);
        }
    }

    private void addSpeeds(Path folder, ResultLine line) {
        List<RowHolder> holders = new ArrayList<>();
        try {
            OwnRows own = new OwnRows(table, options.rows());
            holders.add(own);
            double hugeShare = ResidentMemory.hugeShare();
            say("%,d rows of %d floats, %.0f bytes each off-heap, %.2f of the memory in huge pages"
                    .formatted(options.rows(), options.width(), own.bytesPerRow(), hugeShare));
            line.add("huge_page_share", hugeShare, 3);
            startPeers(holders, folder);
            race(holders, own, line);
        } finally {
            holders.forEach(RowHolder::close);
        }
    }

    private void startPeers(List<RowHolder> holders, Path folder) {
        if (options.has(Part.ROCKSDB)) {
            say("RocksDB takes the rows");
            holders.add(new RocksPeer(table, options.rows(), folder));
        }
        if (options.has(Part.VALUE_STATE)) {
            say("Flink's state takes the rows");
            holders.add(new ValueStatePeer(table, options.rows(), folder));
        }
        if (options.has(Part.REDIS)) {
            say("Redis takes the rows");
            holders.add(new RedisPeer(table, options.rows(), options.redisServer(), folder));
        }
    }

    private void race(List<RowHolder> holders, OwnRows own, ResultLine line) {
        SideBySide race = new SideBySide(options);
        long[][] batches = race.draw(options.rows());
        say("Batches of %,d ids, %.2f of them distinct".formatted(options.batch(), distinctShare(batches)));
        race.compare(holders, batches[0]);
        race.add(COPY, 1, batches, new ArrayCopy(table, options.rows()));
        holders.forEach(
                holder -> race.add(holder.name(), SHARES.getOrDefault(holder.name(), 1), batches, holder::gather));
        float[] gradients = table.gradients(options.batch(), options.seed());
        race.add(APPLY, 2, batches, (taken, out) -> own.apply(taken, gradients));
        race.run(out);
        double gather = race.rowsPerSecond(OwnRows.NAME);
        line.add("gather_rows_per_second", gather, 4)
                .add("apply_rows_per_second", race.rowsPerSecond(APPLY), 4)
                .add("vs_rocksdb", gather / race.rowsPerSecond(RocksPeer.NAME), 3)
                .add("vs_value_state", gather / race.rowsPerSecond(ValueStatePeer.NAME), 3)
                .add("vs_redis", gather / race.rowsPerSecond(RedisPeer.NAME), 3)
                .add("of_copy", gather / race.rowsPerSecond(COPY), 3);
    }

    private static double distinctShare(long[][] batches) {
        return Arrays.stream(batches)
                .mapToDouble(ids -> (double) Arrays.stream(ids).distinct().count() / ids.length)
                .average()
                .orElseThrow();
    }

    private void addSpill(ResultLine line) {
        if (!options.has(Part.SPILL)) {
            line.add("spill_share", null);
            return;
        }
        say("%,d rows, one in %d of them hot, in a process of its own"
                .formatted(options.rows(), SpillRun.ROWS_PER_HOT_ROW));
        JsonNode spill = SpillRun.inItsOwnProcess(options, out);
        spill.fields().forEachRemaining(field -> line.add(field.getKey(), field.getValue()));
    }

    /** Time per row of a large table over that of a small one. */
    private double growth() {
        say("%,d rows against %,d".formatted(options.small(), options.large()));
        // Gathering does not touch optimizer state, and without it the large table needs half the memory.
        BenchTable stateless = new BenchTable(options.width(), "sgd");
        SideBySide race = new SideBySide(options);
        race.add("small", 1, race.draw(options.small()), new OwnRows(stateless, options.small())::gather);
        race.add("large", 1, race.draw(options.large()), new OwnRows(stateless, options.large())::gather);
        say("%.2f of the memory in huge pages".formatted(ResidentMemory.hugeShare()));
        race.run(out);
        return race.rowsPerSecond("small") / race.rowsPerSecond("large");
    }

    private void say(String text) {
        out.println(text);
        out.flush();
    }
}

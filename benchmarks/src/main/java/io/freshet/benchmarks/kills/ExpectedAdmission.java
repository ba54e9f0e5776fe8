package io.freshet.benchmarks.kills;

import io.freshet.contracts.pipeline.AdmissionConfig;
import io.freshet.contracts.pipeline.AdmissionConfig.Counting;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.store.hash.Mix64;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often the rows of a table and a key group were touched that the table does not hold: a counter per row, or a sketch
 * of four rows of counters, in which only those are raised that are least.
 */
final class ExpectedAdmission {
    private static final int COUNT_MAX = 255;
    private static final int SKETCH_ROWS = 4;
    private static final long SKETCH_SEED = 0x5ca1ab1e0ddba11L;

    private final int after;
    private final long decayMs;

    /** By what a row is counted with: its id, or a counter of the sketch. */
    private final Map<Object, Integer> counts = new HashMap<>();

    /** Counters in a row of the sketch; 0 for a counter per row. */
    private final int columns;

    private long period = Long.MIN_VALUE;

    /** A counter of a sketch. */
    private record Counter(int row, int column) {}

    ExpectedAdmission(TableConfig table, int keyGroups) {
        AdmissionConfig config = table.admission();
        after = table.admitAfter();
        decayMs = config.decay().toMillis();
        long bytes = config.memory() / keyGroups;
        if (config.counting() == Counting.SKETCH && (Long.bitCount(bytes) != 1 || bytes > 1 << 14)) {
            throw new IllegalArgumentException("This sketch knows one block of counters, not " + bytes + " bytes.");
        }
        columns = config.counting() == Counting.SKETCH ? (int) bytes / SKETCH_ROWS : 0;
    }

    /** Touches a row; true when that is often enough, and the row is kept from now on. */
    boolean admits(long id, long clockMs) {
        if (after == 1) {
            return true;
        }
        halve(clockMs);
        List<Object> counters = counters(id);
        int least = COUNT_MAX;
        for (Object counter : counters) {
            least = Math.min(least, counts.getOrDefault(counter, 0));
        }
        int touches = Math.min(COUNT_MAX, least + 1);
        for (Object counter : counters) {
            counts.merge(counter, touches, Math::max);
        }
        if (touches >= after && columns == 0) {
            counts.remove(id);
        }
        return touches >= after;
    }

    private void halve(long clockMs) {
        long now = decayMs == 0 ? 0 : Math.floorDiv(clockMs, decayMs);
        for (; !counts.isEmpty() && period < now; period++) {
            counts.replaceAll((counter, count) -> count / 2);
            counts.values().removeIf(count -> count == 0);
        }
        period = now;
    }

    private List<Object> counters(long id) {
        if (columns == 0) {
            return List.of(id);
        }
        long places = Mix64.mix(Mix64.mix(id ^ SKETCH_SEED));
        List<Object> counters = new ArrayList<>();
        for (int row = 0; row < SKETCH_ROWS; row++) {
            counters.add(new Counter(row, (int) Long.remainderUnsigned(places >>> 16 * row, columns)));
        }
        return counters;
    }
}

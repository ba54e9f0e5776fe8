package io.freshet.benchmarks.kills;

import io.freshet.store.table.RowInitializer;
import io.freshet.store.table.StoredRow;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows that live of one table, a map per key group, all of one shard. */
final class ExpectedTable {
    private final TableSpec spec;
    private final RowInitializer initializer;
    private final ExpectedOptimizer optimizer;
    private final ExpectedExpiry expiry;
    private final List<Group> groups = new ArrayList<>();

    /** Ids of rows that have expired and have not begun anew. */
    private final Set<Long> gone = new HashSet<>();

    ExpectedTable(TableSpec spec, int keyGroups) {
        this.spec = spec;
        initializer = new RowInitializer(spec);
        optimizer = new ExpectedOptimizer(spec.optimizer(), spec.dimension());
        expiry = new ExpectedExpiry(spec.config());
        for (int group = 0; group < keyGroups; group++) {
            groups.add(new Group(new HashMap<>(), new ExpectedAdmission(spec.config(), keyGroups)));
        }
    }

    private record Group(Map<Long, Row> rows, ExpectedAdmission admission) {}

    private static final class Row {
        private long lastUpdateMs;
        private long touches;
        private final float[] weights;
        private final float[] state;

        Row(long lastUpdateMs, float[] weights, float[] state) {
            this.lastUpdateMs = lastUpdateMs;
            this.weights = weights;
            this.state = state;
        }
    }

    /** Event time is now that: rows expire. */
    void settle(long clockMs) {
        if (!expiry.isOn()) {
            return;
        }
        expiry.settle(clockMs);
        for (Group group : groups) {
            for (Map.Entry<Long, Row> row : group.rows.entrySet()) {
                if (row.getValue().lastUpdateMs < expiry.liveFromMs()) {
                    gone.add(row.getKey());
                }
            }
            group.rows.keySet().removeAll(gone);
        }
    }

    /** One step; false when there is no row to take it, or the gradient is none. */
    boolean step(long id, float[] gradient, long timeMs, long clockMs) {
        for (float value : gradient) {
            if (!(Math.abs(value) < 0x1p57f)) {
                return false;
            }
        }
        Group group = group(id);
        Row row = group.rows.get(id);
        if (row == null && (timeMs < expiry.liveFromMs() || !group.admission.admits(id, clockMs))) {
            return false;
        }
        if (row == null) {
            row = fresh(id, timeMs);
            group.rows.put(id, row);
            gone.remove(id);
            expiry.begins(timeMs);
        } else if (timeMs > row.lastUpdateMs) {
            expiry.updated(row.lastUpdateMs, timeMs);
        }
        optimizer.step(row.weights, row.state, gradient);
        row.lastUpdateMs = Math.max(row.lastUpdateMs, timeMs);
        row.touches++;
        return true;
    }

    private Row fresh(long id, long timeMs) {
        float[] weights = new float[spec.width()];
        initializer.fill(id, weights, 0);
        return new Row(timeMs, weights, optimizer.state(weights));
    }

    /** Ids of the rows that live. */
    Set<Long> ids() {
        Set<Long> ids = new HashSet<>();
        groups.forEach(group -> ids.addAll(group.rows.keySet()));
        return ids;
    }

    boolean isGone(long id) {
        return gone.contains(id);
    }

    /** A row that lives, or null. */
    StoredRow row(long id) {
        Row row = group(id).rows.get(id);
        return row == null
                ? null
                : new StoredRow(row.lastUpdateMs, row.touches, row.weights.clone(), row.state.clone());
    }

    private Group group(long id) {
        return groups.get(spec.keyGroup(id, groups.size()));
    }

    /** The floats of one row of many. */
    static float[] slice(float[] all, int row, int width) {
        return Arrays.copyOfRange(all, row * width, (row + 1) * width);
    }
}

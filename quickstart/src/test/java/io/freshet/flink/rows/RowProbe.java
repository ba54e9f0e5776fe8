package io.freshet.flink.rows;

import io.freshet.store.table.StoredRow;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** Looks at the rows of a running job from a test. */
public final class RowProbe {
    /** What jobs run with unless the cluster says otherwise. */
    private static final int MAX_PARALLELISM = 128;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private RowProbe() {}

    /** The rows of a table that exist among {@code ids}, whichever shard holds them, as they are between two records. */
    public static Map<Long, StoredRow> rows(JobID job, int shards, int table, Set<Long> ids) throws Exception {
        Map<Long, StoredRow> found = new LinkedHashMap<>();
        for (int subtask = 0; subtask < shards; subtask++) {
            int asked = subtask;
            RowShard shard = RowShards.await(new RowShards.Address(job, subtask), PATIENCE);
            Map<Long, StoredRow> ofShard = shard.ask(tables -> {
                        Map<Long, StoredRow> rows = new LinkedHashMap<>();
                        for (long id : ids) {
                            if (owner(tables.specs().get(table).keyGroup(id, MAX_PARALLELISM), shards) == asked) {
                                tables.peek(table, id).ifPresent(row -> rows.put(id, row));
                            }
                        }
                        return rows;
                    })
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            found.putAll(ofShard);
        }
        return found;
    }

    private static int owner(int keyGroup, int shards) {
        return KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(MAX_PARALLELISM, shards, keyGroup);
    }
}

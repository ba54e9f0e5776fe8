package io.freshet.serving.follow;

import io.freshet.serving.follow.Refusal.Reason;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** What one lineage has in one partition of the rows topic: a chain per shard, and how the chains hold together. */
final class PartitionStage {
    private final String where;
    private final Map<Integer, ShardChain> chains = new TreeMap<>();
    private long newestInPrefix = -1;
    private long live = -1;

    /** What {@link #whole} has found during a check, so that many rescales do not make it look many times. */
    private final Map<Long, Boolean> foundWhole = new HashMap<>();

    /**
     * A stage without chains.
     *
     * @param where names lineage and partition in refusals
     */
    PartitionStage(String where) {
        this.where = where;
    }

    /** The chain that a record belongs to. */
    ShardChain chain(int shard, ModelRecord record) {
        if (!record.tail()) {
            newestInPrefix = Math.max(newestInPrefix, record.version().getCheckpointId());
        }
        return chains.computeIfAbsent(shard, number -> new ShardChain(where + ", shard " + number));
    }

    /** Whether every shard has closed its part of a version here. */
    boolean complete(long checkpointId, int shards) {
        for (int shard = 0; shard < shards; shard++) {
            if (segment(shard, checkpointId) == null) {
                return false;
            }
        }
        return true;
    }

    /** What is wrong with a complete version here, if anything. */
    Optional<Refusal> check(long checkpointId, int shards) {
        foundWhole.clear();
        for (int shard = 0; shard < shards; shard++) {
            Segment segment = segment(shard, checkpointId);
            if (segment.shards() != shards) {
                return refuse(
                        Reason.INCONSISTENT,
                        "version %d has %d shards by its record, and %d by the marker of shard %d",
                        checkpointId,
                        shards,
                        segment.shards(),
                        shard);
            }
            if (!segment.exact()) {
                return refuse(
                        Reason.ROW_COUNT,
                        "%d rows of version %d, shard %d are there, fewer than the marker says, and no newer version can "
                                + "have replaced them",
                        segment.rows(),
                        checkpointId,
                        shard);
            }
            if (!linked(shard, checkpointId)) {
                return refuse(
                        Reason.GAP,
                        "from version %d, the markers of shard %d do not lead back to the live version (%s)",
                        checkpointId,
                        shard,
                        live < 0 ? "none" : live);
            }
        }
        return Optional.empty();
    }

    /** Whether the markers of a shard lead back from a segment to the live version, to a complete one or into the prefix. */
    private boolean linked(int shard, long checkpointId) {
        Segment segment = segment(shard, checkpointId);
        // From any version at or before the live one on is from the live one on, and a little more.
        while (!segment.standsAlone() && segment.previous() > live) {
            Segment before = segment(shard, segment.previous());
            if (before == null || before.shards() != segment.shards()) {
                // The job was rescaled. A shard that is new begins where all shards of that time have ended; and shards
                // that are gone since have rows for which only their own markers vouch.
                return whole(segment.previous()) || before == null && beginsInPrefix(shard, segment);
            }
            segment = before;
        }
        return true;
    }

    /** Whether a version that is not live is here, of all shards that there were. */
    private boolean whole(long checkpointId) {
        Boolean found = foundWhole.get(checkpointId);
        if (found == null) {
            // Before a newer one of the prefix is itself written there, though compaction may have taken its markers.
            boolean inPrefix = live < 0 && newestInPrefix > checkpointId;
            found = inPrefix || allLinked(checkpointId);
            foundWhole.put(checkpointId, found);
        }
        return found;
    }

    private boolean allLinked(long checkpointId) {
        OptionalInt shards = shardsAt(checkpointId);
        if (shards.isEmpty() || !complete(checkpointId, shards.getAsInt())) {
            return false;
        }
        for (int shard = 0; shard < shards.getAsInt(); shard++) {
            if (!linked(shard, checkpointId)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the version that a new shard begins at lies in the prefix, where compaction may have taken its markers. */
    private boolean beginsInPrefix(int shard, Segment segment) {
        return live < 0 && chains.get(shard).isFirst(segment) && newestInPrefix >= segment.previous();
    }

    private OptionalInt shardsAt(long checkpointId) {
        return chains.values().stream()
                .map(chain -> chain.segment(checkpointId))
                .filter(segment -> segment != null)
                .mapToInt(Segment::shards)
                .findFirst();
    }

    private Segment segment(int shard, long checkpointId) {
        ShardChain chain = chains.get(shard);
        return chain == null ? null : chain.segment(checkpointId);
    }

    /** Adds all segments up to a version, that one included. */
    void collectUpTo(long checkpointId, Collection<Segment> segments) {
        chains.values().forEach(chain -> segments.addAll(chain.upTo(checkpointId)));
    }

    /** A version is live: forgets what has gone into it. */
    void wentLive(long checkpointId) {
        live = checkpointId;
        chains.values().forEach(chain -> chain.forgetUpTo(checkpointId));
    }

    /** Rows that wait for their version. */
    long waitingRows() {
        return chains.values().stream().mapToLong(ShardChain::waitingRows).sum();
    }

    private Optional<Refusal> refuse(Reason reason, String format, Object... values) {
        return Optional.of(new Refusal(reason, where + ": " + format.formatted(values)));
    }
}

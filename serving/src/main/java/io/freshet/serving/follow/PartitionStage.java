package io.freshet.serving.follow;

import io.freshet.serving.follow.Refusal.Reason;
import java.util.Collection;
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

    /**
     * What is wrong with a complete version here, if anything.
     *
     * @param previous checkpoint id of the version before, as the version record says
     */
    Optional<Refusal> check(long checkpointId, int shards, long previous) {
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
        OptionalInt shardsBefore = shardsAt(previous);
        // Shards that are gone since have rows for which only their own markers of the version before vouch.
        if (previous > live && shardsBefore.isPresent() && shardsBefore.getAsInt() != shards && !whole(previous)) {
            return refuse(
                    Reason.GAP,
                    "version %d has %d shards and continues version %d, of whose %d shards not all are there",
                    checkpointId,
                    shards,
                    previous,
                    shardsBefore.getAsInt());
        }
        return Optional.empty();
    }

    /** Whether the markers of a shard lead back from a segment to the live version, to a complete one or into the prefix. */
    private boolean linked(int shard, long checkpointId) {
        Segment segment = segment(shard, checkpointId);
        // From any version at or before the live one on is from the live one on, and a little more.
        while (!segment.standsAlone() && segment.previous() > live) {
            long previous = segment.previous();
            Segment before = segment(shard, previous);
            if (before == null) {
                // The shard may be new since a rescale: then it begins where all shards of that time have ended.
                return whole(previous) || beginsInPrefix(shard, segment);
            }
            segment = before;
        }
        return true;
    }

    /** Whether a version that is not live is here, of all shards that there were. */
    private boolean whole(long checkpointId) {
        if (live < 0 && newestInPrefix > checkpointId) {
            return true; // Later ones are written after it, so its rows are of the prefix; its markers may be
            // compacted.
        }
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

package io.freshet.serving.follow;

import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says when a version of the model is whole. Records of the model topics come in, {@link Outcome}s go out.
 *
 * <pre>
 *   READING PREFIXES --prefixesRead()--> WAITING FOR A FIRST VERSION --Whole--> LIVE --Whole--> LIVE ...
 *          \______________________________ Refused ______________________________/
 *                                            v
 *                                   OVER: make another one
 * </pre>
 *
 * <p>The rules are in the package's description. Not thread-safe.
 */
public final class VersionStager {
    private static final String VERSIONS = "versions";
    private static final String DENSE = "dense";

    private final ModelShape shape;
    private final Optional<VersionId> served;
    private final long followingSinceMs;
    private final Map<String, LineageStage> stages = new LinkedHashMap<>();
    private final Set<String> left = new HashSet<>();
    private final Map<String, Set<String>> lineagesByPartition = new LinkedHashMap<>();
    private boolean prefixesRead;
    private String live;
    private boolean over;

    /**
     * A stager that has read nothing.
     *
     * @param served what goes on being served while the topics are read again; never gone back behind
     * @param followingSinceMs wall clock when this server began to follow the topics, milliseconds since the epoch
     */
    public VersionStager(ModelShape shape, Optional<VersionId> served, long followingSinceMs) {
        this.shape = shape;
        this.served = served;
        this.followingSinceMs = followingSinceMs;
    }

    /**
     * Takes the next record; those of one partition in the partition's order.
     *
     * @return what follows from it, in order; mostly nothing
     * @throws IllegalStateException after a refusal that needs a new stager
     */
    public List<Outcome> accept(ModelRecord record) {
        if (over) {
            throw new IllegalStateException("This stager has refused a record: read the topics again with a new one.");
        }
        String lineage = record.version().getLineage();
        arrive(lineage, place(record));
        if (left.contains(lineage)) {
            return List.of(new Outcome.Dropped(record.version()));
        }
        LineageStage stage = stages.computeIfAbsent(lineage, name -> new LineageStage(name, shape));
        Optional<Refusal> refusal = stage(stage, record);
        if (refusal.isPresent()) {
            return refuse(lineage, refusal.get());
        }
        return record instanceof ModelRecord.Row ? List.of() : wholeVersions();
    }

    private Optional<Refusal> stage(LineageStage stage, ModelRecord record) {
        if (record instanceof ModelRecord.Row row) {
            return stage.row(row);
        }
        if (record instanceof ModelRecord.Marker marker) {
            return stage.marker(marker);
        }
        if (record instanceof ModelRecord.Chunk chunk) {
            return stage.chunk(chunk);
        }
        return stage.version((ModelRecord.Version) record);
    }

    /** To be called once, when every partition has been read up to the end offset captured at the start. */
    public List<Outcome> prefixesRead() {
        prefixesRead = true;
        return wholeVersions();
    }

    /** The version that this stager has last found whole. */
    public Optional<VersionId> live() {
        return live == null
                ? Optional.empty()
                : Optional.of(stages.get(live).live().getVersion());
    }

    /** Rows read and kept for versions that are not live yet. */
    public long waitingRows() {
        return stages.values().stream().mapToLong(LineageStage::waitingRows).sum();
    }

    private static String place(ModelRecord record) {
        if (record instanceof ModelRecord.Row row) {
            return "rows-" + row.partition();
        }
        if (record instanceof ModelRecord.Marker marker) {
            return "rows-" + marker.partition();
        }
        return record instanceof ModelRecord.Chunk ? DENSE : VERSIONS;
    }

    /** A lineage that is new to a partition is newer than all that were there before it. */
    private void arrive(String lineage, String place) {
        Set<String> before = lineagesByPartition.computeIfAbsent(place, name -> new LinkedHashSet<>());
        if (before.add(lineage)) {
            for (String older : before) {
                if (!older.equals(lineage) && !older.equals(live)) {
                    leave(older);
                }
            }
        }
    }

    private void leave(String lineage) {
        left.add(lineage);
        stages.remove(lineage);
    }

    private List<Outcome> wholeVersions() {
        List<Outcome> outcomes = new ArrayList<>();
        Optional<Outcome> next = prefixesRead ? nextWhole() : Optional.empty();
        while (next.isPresent()) {
            outcomes.add(next.get());
            next = over ? Optional.empty() : nextWhole();
        }
        return outcomes;
    }

    private Optional<Outcome> nextWhole() {
        for (Map.Entry<String, LineageStage> entry : List.copyOf(stages.entrySet())) {
            Optional<VersionRecord> candidate = candidate(entry.getKey(), entry.getValue());
            if (candidate.isPresent()) {
                return Optional.of(goLive(entry.getKey(), entry.getValue(), candidate.get()));
            }
        }
        return Optional.empty();
    }

    /** The next version of a lineage; before the first one is live, the newest that the prefixes allow. */
    private Optional<VersionRecord> candidate(String lineage, LineageStage stage) {
        List<VersionRecord> candidates = stage.candidates();
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        if (live != null) {
            return Optional.of(candidates.get(0));
        }
        VersionRecord newest = candidates.get(candidates.size() - 1);
        long atLeast = Math.max(stage.newestPrefixRow(), servedCheckpoint(lineage));
        return newest.getVersion().getCheckpointId() >= atLeast ? Optional.of(newest) : Optional.empty();
    }

    private long servedCheckpoint(String lineage) {
        return served.filter(version -> version.getLineage().equals(lineage))
                .map(VersionId::getCheckpointId)
                .orElse(-1L);
    }

    private Outcome goLive(String lineage, LineageStage stage, VersionRecord record) {
        Optional<Refusal> refusal = stage.check(record);
        if (refusal.isPresent()) {
            return refuse(lineage, refusal.get()).get(0);
        }
        long before = servedCheckpoint(lineage);
        // What was cut before this server was up says nothing about how long events take to be served.
        Outcome.Whole whole = stage.goLive(
                record, each -> each.getVersion().getCheckpointId() > before && each.getCutAtMs() >= followingSinceMs);
        if (live != null && !live.equals(lineage)) {
            leave(live);
        }
        live = lineage;
        return whole;
    }

    private List<Outcome> refuse(String lineage, Refusal refusal) {
        if (refusal.reason().repairable()) {
            over = true;
        } else {
            leave(lineage);
            live = lineage.equals(live) ? null : live;
        }
        return List.of(new Outcome.Refused(refusal));
    }
}

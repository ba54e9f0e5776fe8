package io.freshet.flink.publish;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * Whether a restored job may go on in its lineage.
 *
 * <p>It may when it is the same model on the same topics, and the servers cannot have seen anything that the restored state
 * does not hold. Restored from an older savepoint it must not: servers hold rows that this state has never had.
 */
final class LineageRule {
    private LineageRule() {}

    /**
     * The position to go on from.
     *
     * <p>Every subtask decides for itself, from the same facts, and so alike.
     *
     * @param restored what the state has cut last
     * @param changedTo what no longer is as it was when the state was taken, in a word that tells it from all others; empty
     *     when the lineage may go on
     * @param published the newest version that servers can see, if any; the version of the restored checkpoint itself may
     *     still be missing, since its transaction is committed only after the checkpoint is complete
     */
    static VersionPosition goOn(VersionPosition restored, String changedTo, Optional<VersionPosition> published) {
        boolean nothingNewer = published.isEmpty()
                || published.get().lineage().equals(restored.lineage())
                        && published.get().checkpointId() <= restored.checkpointId();
        if (nothingNewer && changedTo.isEmpty()) {
            return restored;
        }
        // The restored version may become visible only now, to some subtasks: it must not make a difference.
        return VersionPosition.before(fork(restored, changedTo, nothingNewer ? Optional.empty() : published));
    }

    /**
     * The newest version of which any subtask knew that it had arrived: then it has, whatever the others were told.
     *
     * @param restored what the state has cut last; taken to have arrived when the state, an older one, says nothing
     * @param known what each subtask knew
     */
    static VersionPosition committed(VersionPosition restored, Iterable<VersionPosition> known) {
        VersionPosition newest = null;
        for (VersionPosition each : known) {
            boolean newer = newest == null || each.checkpointId() > newest.checkpointId();
            if (each.lineage().equals(restored.lineage()) && newer) {
                newest = each;
            }
        }
        return newest == null ? restored : newest;
    }

    /**
     * Names the new lineage by what all subtasks see alike: the trainer skips versions in which nothing was learnt and row
     * shards do not, so their own positions differ.
     */
    private static String fork(VersionPosition restored, String changedTo, Optional<VersionPosition> published) {
        String facts = restored.lineage() + " / " + published + " / " + changedTo;
        return UUID.nameUUIDFromBytes(facts.getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, 8);
    }
}

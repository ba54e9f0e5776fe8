package io.freshet.flink.join;

import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.flink.deadletter.Reason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one event, or one advance of the watermark, does to an impression id.
 *
 * @param keep the state from now on; the very object that came in when nothing changed; empty to forget the id
 * @param completed the example that this step completes
 * @param dropped events that this step sorts out
 * @param joinedActions actions that this step turned into labels
 * @param wakeAtMs watermark at which the id wants to be looked at again; empty when an earlier wish still covers it
 */
public record Step(
        Optional<JoinState> keep,
        Optional<Completed> completed,
        List<Drop> dropped,
        int joinedActions,
        OptionalLong wakeAtMs) {

    /**
     * An impression all of whose labels are known.
     *
     * @param shown the impression with its positive labels
     * @param byWindow completed by the close of a window, not by an action
     */
    public record Completed(JoinState.Waiting shown, float weight, boolean byWindow) {}

    /**
     * An event that was sorted out.
     *
     * @param letter with reason and detail; empty for reasons that are counted only
     */
    public record Drop(Reason reason, Optional<DeadLetter> letter) {}
}

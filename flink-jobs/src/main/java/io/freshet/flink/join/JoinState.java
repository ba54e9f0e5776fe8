package io.freshet.flink.join;

import io.freshet.contracts.event.proto.DeadLetter;
import java.util.List;

/**
 * What the join remembers of one impression id. {@link JoinStateCodec} turns it into bytes.
 *
 * <pre>
 *   (nothing) --action--> Held --impression--> Waiting --last task resolved--> Emitted --two windows passed--> (nothing)
 * </pre>
 */
public sealed interface JoinState {
    /** Impressions whose example is still to come. */
    default int waitingImpressions() {
        return 0;
    }

    /** Actions that wait for their impression. */
    default int waitingActions() {
        return 0;
    }

    /**
     * Actions have come, their impression has not.
     *
     * @param actions the earliest of each action name
     */
    record Held(List<HeldAction> actions) implements JoinState {
        @Override
        public int waitingActions() {
            return actions.size();
        }
    }

    /**
     * An action that waits for its impression.
     *
     * @param origin what it becomes when no impression comes, still without a reason: its place and original bytes
     */
    record HeldAction(Acted acted, long timeMs, DeadLetter origin) {}

    /**
     * The impression has come, and event time has not reached the moment that completes its example: the last action that
     * makes a label, or the close of the last window of a task without one.
     *
     * @param timeMs event time of the impression
     * @param impression serialized protobuf {@code Impression}
     * @param negativeWeight weight of the example if no action comes; 0 when it is then left out
     * @param labels positive labels, in the order they came
     * @param labelledAtMs event time of the newest action that made a label; that of the impression before the first
     * @param newestKafkaMs newest Kafka time of the impression and the actions that made a label
     */
    record Waiting(
            long timeMs,
            byte[] impression,
            float negativeWeight,
            List<PositiveLabel> labels,
            long labelledAtMs,
            long newestKafkaMs)
            implements JoinState {
        /** Tasks with a positive label, in the order they got it. */
        public List<String> positives() {
            return labels.stream().map(PositiveLabel::task).toList();
        }

        @Override
        public int waitingImpressions() {
            return 1;
        }
    }

    /**
     * A task's label, since its action has come.
     *
     * @param value of the action
     */
    record PositiveLabel(String task, float value) {}

    /**
     * The example is out, or was left out; kept so that what comes too late can be told apart.
     *
     * @param timeMs event time of the impression
     * @param positives tasks with a positive label
     */
    record Emitted(long timeMs, List<String> positives) implements JoinState {}
}

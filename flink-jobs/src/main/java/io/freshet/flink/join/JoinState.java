package io.freshet.flink.join;

import io.freshet.contracts.event.proto.DeadLetter;
import java.util.Comparator;
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
     * @param actions the first of each action name, as far as they are kept
     */
    record Held(List<HeldAction> actions) implements JoinState {
        @Override
        public int waitingActions() {
            return actions.size();
        }
    }

    /**
     * An action that waits: for its impression, or for the moment at which its label counts.
     *
     * @param origin what it becomes when it makes no label, still without a reason: its place and original bytes
     */
    record HeldAction(Acted acted, long timeMs, DeadLetter origin) {
        /** Which of two actions of one name comes first, whichever was read first. */
        static final Comparator<HeldAction> FIRST = Comparator.comparingLong(HeldAction::timeMs)
                .thenComparing(action -> action.acted().value());

        boolean isBefore(HeldAction other) {
            return FIRST.compare(this, other) < 0;
        }
    }

    /**
     * The impression has come, and event time has not reached the moment that completes its example: the last action that
     * makes a label, or the close of the last window of a task without one.
     *
     * @param timeMs event time of the impression
     * @param impression serialized protobuf {@code Impression}
     * @param negativeWeight weight of the example if no action comes; 0 when it is then left out
     * @param labels positive labels
     * @param kafkaTimeMs of the impression
     */
    record Waiting(long timeMs, byte[] impression, float negativeWeight, List<PositiveLabel> labels, long kafkaTimeMs)
            implements JoinState {
        /** Event time of the newest action that makes a label; that of the impression before the first. */
        public long labelledAtMs() {
            return labels.stream().mapToLong(label -> label.by().timeMs()).reduce(timeMs, Math::max);
        }

        /** Newest Kafka time of the impression and the actions that make a label. */
        public long newestKafkaMs() {
            return labels.stream()
                    .mapToLong(label -> label.by().origin().getKafkaTimeMs())
                    .reduce(kafkaTimeMs, Math::max);
        }

        /** Tasks with a positive label. */
        public List<String> positives() {
            return labels.stream().map(PositiveLabel::task).toList();
        }

        @Override
        public int waitingImpressions() {
            return 1;
        }
    }

    /**
     * A task's label.
     *
     * @param by the first action that makes it, of those that have come
     */
    record PositiveLabel(String task, HeldAction by) {
        /** The label of a regression. */
        public float value() {
            return by.acted().value();
        }
    }

    /**
     * The example is out, or was left out; kept so that what comes too late can be told apart.
     *
     * @param timeMs event time of the impression
     * @param positives tasks with a positive label
     */
    record Emitted(long timeMs, List<String> positives) implements JoinState {}
}

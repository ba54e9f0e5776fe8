package io.freshet.flink.metric;

import io.freshet.flink.deadletter.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Names of the join's metrics, as dashboards and reports know them. */
public final class MetricNames {
    /** The metric group, below the operator's own, that holds everything of Freshet. */
    public static final String GROUP = "freshet";

    /** Messages read from the impressions topic, malformed ones too. */
    public static final String IMPRESSIONS = "impressions";

    /** Messages read from the actions topic, malformed ones too. */
    public static final String ACTIONS = "actions";

    /** Examples emitted. */
    public static final String EXAMPLES = "examples";

    /** Examples emitted with at least one positive label. */
    public static final String POSITIVES = "positives";

    /** Actions that became a label. */
    public static final String JOINED_ACTIONS = "joinedActions";

    /** Impressions whose example is not yet emitted. */
    public static final String WAITING = "waiting";

    /** Actions that wait for their impression. */
    public static final String WAITING_ACTIONS = "waitingActions";

    private MetricNames() {}

    /** All counters of the join. */
    public static List<String> ofJoin() {
        Stream<String> dropped = Arrays.stream(Reason.values())
                .filter(reason -> reason != Reason.EXAMPLE_MALFORMED)
                .map(MetricNames::dropped);
        return Stream.concat(
                        Stream.of(IMPRESSIONS, ACTIONS, EXAMPLES, POSITIVES, JOINED_ACTIONS, WAITING, WAITING_ACTIONS),
                        dropped)
                .toList();
    }

    /** Name of the counter of events dropped for a reason. */
    public static String dropped(Reason reason) {
        return "dropped." + reason.key();
    }
}

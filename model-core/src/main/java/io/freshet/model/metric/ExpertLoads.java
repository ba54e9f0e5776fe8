package io.freshet.model.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * The load of all experts lately: over the last examples, between one and two spans of them. A single batch is too
 * small to tell an idle expert from one that was not lucky. Not thread-safe.
 */
public final class ExpertLoads {
    private final int span;
    private List<ExpertRows> before = List.of();
    private List<ExpertRows> now = List.of();
    private int examples;

    /**
     * Loads of nothing yet.
     *
     * @param span examples after which the older half of what is remembered is forgotten
     */
    public ExpertLoads(int span) {
        this.span = span;
    }

    /**
     * Adds what a step says.
     *
     * @param batch examples of the step
     * @param rows of each layer, in the same order every time; empty for a ranker without experts
     */
    public void add(int batch, List<ExpertRows> rows) {
        if (examples >= span) {
            before = now;
            now = List.of();
            examples = 0;
        }
        now = sum(now, rows);
        examples += batch;
    }

    /** Of each layer. */
    public List<ExpertLoad> lately() {
        return sum(before, now).stream().map(ExpertLoad::of).toList();
    }

    private static List<ExpertRows> sum(List<ExpertRows> some, List<ExpertRows> others) {
        if (some.isEmpty()) {
            return others;
        }
        List<ExpertRows> sums = new ArrayList<>();
        for (int layer = 0; layer < some.size(); layer++) {
            float[] sum = some.get(layer).rows().clone();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += others.get(layer).rows()[i];
            }
            sums.add(new ExpertRows(some.get(layer).layer(), some.get(layer).experts(), sum));
        }
        return sums;
    }
}

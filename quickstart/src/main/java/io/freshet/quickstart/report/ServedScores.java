package io.freshet.quickstart.report;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.model.metric.Auc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the server said of impressions at the time they were shown, and what became of them: the label of the first task,
 * found here as the join finds it, once event time has passed the window.
 *
 * <p>Progressive validation scores an example when its label has come, and a positive's comes sooner than a negative's: so
 * the model that scores it has seen more. This is blind to that, and its scores are as old as those that users get.
 *
 * <p>Holds the newest {@value #MOST} impressions. Safe from any thread.
 */
public final class ServedScores {
    private static final int MOST = 100_000;

    private final TaskConfig task;
    private final Map<String, Shown> byId = new LinkedHashMap<>();
    private long newestMs;

    /** @param task whose scores are judged */
    public ServedScores(TaskConfig task) {
        this.task = task;
    }

    /** An impression that may be asked for. */
    public final class Shown {
        private final String id;
        private final long timeMs;
        private boolean positive;
        private float score = Float.NaN;

        private Shown(String id, long timeMs) {
            this.id = id;
            this.timeMs = timeMs;
        }

        /** The server has answered. */
        public void scored(float answer) {
            synchronized (ServedScores.this) {
                score = answer;
            }
        }

        /** Nobody asks for it any more, or there was no answer. */
        public void forget() {
            synchronized (ServedScores.this) {
                byId.remove(id, this);
            }
        }
    }

    /** From now on actions on this impression count; to be called before any of them can come. */
    public synchronized Shown shown(String id, long timeMs) {
        newestMs = Math.max(newestMs, timeMs);
        if (byId.size() == MOST) {
            byId.remove(byId.keySet().iterator().next());
        }
        Shown shown = new Shown(id, timeMs);
        byId.putIfAbsent(id, shown); // Its id again is a duplicate for the join too.
        return shown;
    }

    /** Somebody did something. */
    public synchronized void acted(String id, String action, long timeMs) {
        newestMs = Math.max(newestMs, timeMs);
        Shown shown = byId.get(id);
        if (shown != null
                && action.equals(task.action())
                && timeMs >= shown.timeMs
                && timeMs <= shown.timeMs + task.window().toMillis()) {
            shown.positive = true;
        }
    }

    /** Quality over the impressions whose window has closed. */
    public synchronized ServedQuality quality() {
        List<Shown> closed = new ArrayList<>();
        for (Shown shown : byId.values()) {
            if (!Float.isNaN(shown.score) && shown.timeMs + task.window().toMillis() < newestMs) {
                closed.add(shown);
            }
        }
        float[] scores = new float[closed.size()];
        byte[] labels = new byte[closed.size()];
        double predicted = 0;
        long positives = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = closed.get(i).score;
            labels[i] = (byte) (closed.get(i).positive ? 1 : 0);
            predicted += scores[i];
            positives += labels[i];
        }
        double auc = Auc.exact(scores, labels);
        double error = standardError(auc, positives, scores.length - positives);
        return new ServedQuality(scores.length, finite(auc), finite(error), finite(predicted / positives));
    }

    private static double standardError(double auc, double positives, double negatives) {
        double square = auc * auc;
        // How often two positives both win over one negative, more than if that were by chance; and the other way
        // round.
        double twoPositives = auc / (2 - auc) - square;
        double twoNegatives = 2 * square / (1 + auc) - square;
        double variance = auc * (1 - auc) + (positives - 1) * twoPositives + (negatives - 1) * twoNegatives;
        return Math.sqrt(variance / (positives * negatives));
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}

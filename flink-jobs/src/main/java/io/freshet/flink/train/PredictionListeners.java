package io.freshet.flink.train;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Who listens to the trainers of this process, by the pipeline's name. Safe from any thread. */
public final class PredictionListeners {
    private static final Map<String, PredictionListener> BY_PIPELINE = new ConcurrentHashMap<>();
    private static final PredictionListener NOBODY = (firstExample, predictions, labels, weights) -> {};

    private PredictionListeners() {}

    /** From now on this listener hears the pipeline's trainer, in place of any before it. */
    public static void register(String pipeline, PredictionListener listener) {
        BY_PIPELINE.put(pipeline, listener);
    }

    /** Nobody hears the pipeline's trainer any more. */
    public static void unregister(String pipeline) {
        BY_PIPELINE.remove(pipeline);
    }

    static PredictionListener of(String pipeline) {
        return BY_PIPELINE.getOrDefault(pipeline, NOBODY);
    }
}

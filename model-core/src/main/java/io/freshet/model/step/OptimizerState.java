package io.freshet.model.step;

import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.WhenChanged;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the optimizer of the dense weights remembers, as flat vectors beside them. n = weights learnt by gradient.
 *
 * <pre>
 *   adagrad      sums of squared gradients [n]
 *   adam, adamw  means of gradients [n], means of squared gradients [n]; the two types read one another's
 *   sgd          momentum [n], all 0 without
 * </pre>
 *
 * @param updates made with this state, which correct Adam's bias and drive the schedule
 */
public record OptimizerState(Type type, long updates, List<float[]> vectors) {
    /** The state before the first update. */
    static OptimizerState initial(DenseOptimizerConfig config, int size) {
        int count = config.type().isAdam() ? 2 : 1;
        List<float[]> vectors =
                Stream.generate(() -> new float[size]).limit(count).toList();
        if (config.type() == Type.ADAGRAD) {
            Arrays.fill(vectors.get(0), (float) config.initialAccumulator());
        }
        return new OptimizerState(config.type(), 0, vectors);
    }

    /**
     * This state, for an optimizer that may be another than the one that left it.
     *
     * @throws IllegalArgumentException if it is of another type, and the pipeline file does not say to reset it
     */
    OptimizerState under(DenseOptimizerConfig config, int size) {
        if (type == config.type() || (type.isAdam() && config.type().isAdam())) {
            return new OptimizerState(config.type(), updates, vectors);
        }
        if (config.whenChanged() == WhenChanged.RESET) {
            return initial(config, size);
        }
        throw new IllegalArgumentException(("The state is of the optimizer %1$s, but training.optimizer.type is %2$s."
                        + " Set it back to %1$s; or set training.optimizer.when-changed to reset, which keeps the"
                        + " weights and begins with fresh state of %2$s.")
                .formatted(word(type), word(config.type())));
    }

    /** How the pipeline file, and a checkpoint, write the type. */
    static String word(Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}

package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * A table of embedding rows.
 *
 * @param dimension floats of the embedding; a wide ranker adds one more float, the bias, as the last of the row
 * @param initialRange a new row's embedding is uniform in [-initialRange, initialRange], its bias 0
 * @param expireAfter rows untouched for so long may be forgotten
 * @param admitAfter touches before a row is trained
 */
public record TableConfig(
        String name,
        int dimension,
        RowOptimizerConfig optimizer,
        double initialRange,
        Optional<Duration> expireAfter,
        int admitAfter)
        implements Serializable {}

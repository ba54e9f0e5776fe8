package io.freshet.benchmarks.run;

import io.freshet.contracts.feature.EncodedFeatures;

/** One example of a stream: what a ranker sees, and what became of it. */
public record Example(EncodedFeatures features, boolean label) {}

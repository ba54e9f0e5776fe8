package io.freshet.flink.encode;

import io.freshet.contracts.feature.EncodedFeatures;

/**
 * An example as numbers. T = number of tasks.
 *
 * @param labels [T], 0 or 1, or the value of a regression, in the order of the pipeline's tasks; NaN where there is none
 * @param weight in the loss
 * @param timeMs event time of the impression
 * @param completedAtMs when the event that completed the example was appended to Kafka
 */
public record EncodedExample(EncodedFeatures features, float[] labels, float weight, long timeMs, long completedAtMs) {}

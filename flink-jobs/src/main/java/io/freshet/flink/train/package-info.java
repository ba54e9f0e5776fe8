/**
 * Examples in, gradients of rows and versions of the dense weights out.
 *
 * <p>Start at {@code TrainOperator}, the shell around {@code io.freshet.model.step.TrainingStep}. What it tells tools in
 * the same process goes through {@code PredictionListener}.
 */
package io.freshet.flink.train;

/**
 * The jobs, one main each, and the stages they are made of. Start at {@code OnlineJob}.
 *
 * <p>{@code JoinStage} and {@code TrainStage} wire operators of the other packages together and hold no rule of their
 * own.
 */
package io.freshet.flink.job;

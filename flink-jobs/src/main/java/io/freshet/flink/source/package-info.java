/**
 * The topics of impressions, actions and examples as streams in event time, in which nothing malformed stops the job.
 *
 * <p>Start at {@code EventSources}, then {@code SourceEvent}, then {@code EventReader}.
 */
package io.freshet.flink.source;

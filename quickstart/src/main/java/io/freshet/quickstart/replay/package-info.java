/**
 * Traffic from recorded events: where it comes from, how fast it goes, and how it reaches Kafka.
 *
 * <p>Start at {@code Traffic}, of which {@code MovieTweetings} and {@code EventFiles} are the two sources, then {@code
 * Replayer}. {@code ScoringClient} is the other kind of traffic: requests to the server.
 */
package io.freshet.quickstart.replay;

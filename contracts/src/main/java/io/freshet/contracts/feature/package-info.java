/**
 * From the features of an event to row ids and numbers: the one place where trainer and server agree on what a value
 * means. Start at {@link io.freshet.contracts.feature.FeatureEncoder}, then
 * {@link io.freshet.contracts.feature.FeatureHash}. Threads: everything here is immutable.
 */
package io.freshet.contracts.feature;

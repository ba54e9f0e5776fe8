/** Kafka inside this process, for quickstarts and tests. Start at {@code EmbeddedBroker}. */
package io.freshet.broker;

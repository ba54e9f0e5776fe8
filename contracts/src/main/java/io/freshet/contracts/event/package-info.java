/**
 * What teams send in: impressions and actions, as protobuf messages in memory and as JSON or protobuf on the topics.
 *
 * <p>Start at {@link io.freshet.contracts.event.EventCodec}, then {@link io.freshet.contracts.event.JsonEvents} for the
 * JSON form. The messages are described in {@code freshet/events.proto}; {@code proto} holds what is generated from it.
 */
package io.freshet.contracts.event;

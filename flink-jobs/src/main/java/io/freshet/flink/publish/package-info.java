/** What leaves for the servers, through Flink's exactly-once Kafka sink. Start at {@code ModelTopics}. */
package io.freshet.flink.publish;

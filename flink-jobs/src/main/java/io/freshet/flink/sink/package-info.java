/** How Freshet writes to Kafka: every topic in transactions that end with the checkpoint. Start at {@code KafkaSinks}. */
package io.freshet.flink.sink;

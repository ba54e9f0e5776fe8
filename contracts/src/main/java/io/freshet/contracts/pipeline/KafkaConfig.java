package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.util.Map;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers host:port list
 * @param properties passed on to every client; may hold secrets, so it never prints itself
 */
public record KafkaConfig(String bootstrapServers, Map<String, String> properties) implements Serializable {
    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=" + bootstrapServers + ", properties=" + properties.keySet() + "]";
    }
}

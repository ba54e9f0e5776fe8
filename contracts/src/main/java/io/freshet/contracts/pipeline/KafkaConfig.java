package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers host:port list
 * @param properties passed on to every client; may hold secrets, so it never prints itself
 */
public record KafkaConfig(String bootstrapServers, Map<String, String> properties) implements Serializable {
    /** Promises of exactly-once hang on these, so Freshet sets them itself. */
    private static final Set<String> OURS =
            Set.of("bootstrap.servers", "enable.auto.commit", "group.id", "isolation.level", "transactional.id");

    private static final Pattern SERVERS = Pattern.compile("[^\\s,:]+:\\d{1,5}(,[^\\s,:]+:\\d{1,5})*");

    /** What holds when the file does not say. */
    public static final KafkaConfig DEFAULTS = new KafkaConfig("localhost:9092", Map.of());

    public KafkaConfig {
        Problems problems = new Problems()
                .require(
                        SERVERS.matcher(bootstrapServers).matches(),
                        "bootstrap-servers",
                        "host:port, several separated by commas",
                        bootstrapServers);
        properties.keySet().stream()
                .filter(OURS::contains)
                .forEach(key -> problems.add("properties." + key, "is set by Freshet itself: remove it."));
        problems.throwIfAny();
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=" + bootstrapServers + ", properties=" + properties.keySet() + "]";
    }
}

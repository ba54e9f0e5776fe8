package io.freshet.flink.publish;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics that a pipeline writes, and how they are laid out. */
public final class ModelTopics {
    /**
     * A server that lags by less than an hour still finds every record, and can check every count; one that takes less
     * than a day to read a topic from its start sees every tombstone.
     */
    private static final Map<String, String> COMPACTED =
            Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "3600000", "delete.retention.ms", "86400000");

    private ModelTopics() {}

    /**
     * Creates whatever topic of the pipeline is missing, and leaves those that exist as they are.
     *
     * @param replication replicas of each new topic
     * @throws IllegalStateException when Kafka refuses
     */
    public static void create(Pipeline pipeline, short replication) {
        PipelineTopics topics = PipelineTopics.of(pipeline);
        List<NewTopic> wanted = new ArrayList<>();
        wanted.add(new NewTopic(topics.rows(), pipeline.publish().rowPartitions(), replication).configs(COMPACTED));
        wanted.add(new NewTopic(topics.dense(), 1, replication).configs(COMPACTED));
        wanted.add(new NewTopic(topics.versions(), 1, replication).configs(COMPACTED));
        wanted.add(new NewTopic(topics.deadLetters(), 1, replication));

        Properties properties = new Properties();
        properties.putAll(pipeline.kafka().properties());
        properties.put(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, pipeline.kafka().bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            Set<String> existing = admin.listTopics().names().get();
            for (NewTopic topic : wanted) {
                if (!existing.contains(topic.name())) {
                    create(admin, topic);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while creating the topics of " + pipeline.name(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    ("Could not create the topics of pipeline '%s' at %s: %s. Create %s by hand (rows, dense and versions "
                                    + "compacted), or allow this client to.")
                            .formatted(
                                    pipeline.name(),
                                    pipeline.kafka().bootstrapServers(),
                                    e.getCause().getMessage(),
                                    wanted.stream().map(NewTopic::name).toList()),
                    e.getCause());
        }
    }

    private static void create(Admin admin, NewTopic topic) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e; // Somebody else was quicker: that is as good.
            }
        }
    }
}

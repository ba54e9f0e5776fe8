package io.freshet.serving.follow;

import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.serving.follow.ModelRecordReader.UnreadableRecordException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * The dense weights of a published version.
 *
 * @param record of the version
 * @param dense the flat vector
 */
public record PublishedDense(VersionRecord record, float[] dense) {
    private static final Duration POLL = Duration.ofMillis(200);

    /**
     * Reads the newest version from the topics; rows are not read.
     *
     * @param within gives up after so long
     * @throws IllegalStateException if there is no version, Kafka does not answer in time, or what it holds is damaged
     * @throws IllegalArgumentException if the versions are of another model
     */
    public static PublishedDense newest(TopicFollower.Source source, ModelShape shape, Duration within) {
        List<String> topics =
                List.of(source.topics().versions(), source.topics().dense());
        Properties client = ModelTopicsReader.clientProperties(source.bootstrapServers(), source.kafka());
        try (ModelTopicsReader reader = new ModelTopicsReader(topics, client)) {
            reader.seekToStart().ifPresent(missing -> {
                throw new IllegalStateException("There is no topic %s at %s: nothing has been published there."
                        .formatted(missing, source.bootstrapServers()));
            });
            return read(reader, source, shape, System.nanoTime() + within.toNanos());
        } catch (KafkaException e) {
            throw new IllegalStateException(
                    "Cannot read the model topics at %s: %s".formatted(source.bootstrapServers(), e.getMessage()), e);
        }
    }

    private static PublishedDense read(
            ModelTopicsReader reader, TopicFollower.Source source, ModelShape shape, long deadline) {
        DenseHistory history = new DenseHistory(shape);
        ModelRecordReader records = new ModelRecordReader(source.topics());
        while (!reader.prefixesRead()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Kafka at %s has not handed out the model topics in time."
                        .formatted(source.bootstrapServers()));
            }
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                try {
                    history.accept(records.read(record, reader.inTail(record)));
                } catch (UnreadableRecordException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            }
        }
        return history.newest()
                .orElseThrow(() -> new IllegalStateException("Topics %s and %s at %s hold no whole version yet."
                        .formatted(source.topics().versions(), source.topics().dense(), source.bootstrapServers())));
    }
}

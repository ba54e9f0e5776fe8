package io.freshet.flink.sink;

import io.freshet.contracts.pipeline.Pipeline;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sinks whose records become visible with the checkpoint that holds the state they came from, and exactly once. */
public final class KafkaSinks {
    /** The longest that a broker allows unless told otherwise; a checkpoint must be complete within it. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

    private KafkaSinks() {}

    /** What a stream's element is in Kafka. */
    @FunctionalInterface
    public interface ToRecord<T> extends Serializable {
        ProducerRecord<byte[], byte[]> of(T element);
    }

    /**
     * An exactly-once sink.
     *
     * @param purpose tells the transactions of a pipeline's sinks apart; never to be changed or used twice, since open
     *     transactions of a killed job are found by it
     * @param topics all that it may write to
     */
    public static <T> KafkaSink<T> exactlyOnce(
            Pipeline pipeline, String purpose, List<String> topics, ToRecord<T> toRecord) {
        Properties properties = new Properties();
        properties.putAll(pipeline.kafka().properties());
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Long.toString(TRANSACTION_TIMEOUT.toMillis()));
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(properties)
                .setBootstrapServers(pipeline.kafka().bootstrapServers())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                // Names are used again, so that the broker's memory of them stays small.
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .setTransactionalIdPrefix(pipeline.name() + "-" + purpose)
                .setRecordSerializer(new TopicSerializer<>(topics, toRecord))
                .build();
    }
}

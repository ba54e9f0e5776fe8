package io.freshet.flink.sink;

import io.freshet.contracts.pipeline.Pipeline;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Sinks whose records become visible with the checkpoint that holds the state they came from, and exactly once. */
public final class KafkaSinks {
    /** The longest that a broker allows unless told otherwise; a checkpoint must be complete within it. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

    private KafkaSinks() {}

    /**
     * An exactly-once sink.
     *
     * @param purpose tells the transactions of a pipeline's sinks apart; never to be changed or used twice, since open
     *     transactions of a killed job are found by it
     */
    public static <T> KafkaSink<T> exactlyOnce(
            Pipeline pipeline, String purpose, KafkaRecordSerializationSchema<T> serializer) {
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
                .setRecordSerializer(serializer)
                .build();
    }
}

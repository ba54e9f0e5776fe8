package io.freshet.serving;

import io.freshet.contracts.pipeline.PipelineTopics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A transactional producer, as each subtask of a trainer has one. */
final class TestWriter implements AutoCloseable {
    private final PipelineTopics topics;
    private final KafkaProducer<byte[], byte[]> producer;

    TestWriter(String bootstrapServers, PipelineTopics topics, String transactionalId) {
        this.topics = topics;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", transactionalId),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    /** Begins a transaction with these records, all of them sent. */
    TestWriter begin(List<LogRecord> records) {
        producer.beginTransaction();
        records.forEach(record -> producer.send(record.toProduce(topics)));
        producer.flush();
        return this;
    }

    void commit() {
        producer.commitTransaction();
    }

    void abort() {
        producer.abortTransaction();
    }

    /** One committed transaction. */
    void write(List<LogRecord> records) {
        begin(records).commit();
    }

    @Override
    public void close() {
        producer.close();
    }
}

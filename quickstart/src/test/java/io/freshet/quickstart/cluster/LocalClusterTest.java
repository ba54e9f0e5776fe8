package io.freshet.quickstart.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.broker.EmbeddedBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LocalClusterTest {
    @Test
    void jobReadsTheEmbeddedBrokerAndItsCountersOutliveIt(@TempDir Path directory) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"));
                LocalCluster cluster = LocalCluster.start(
                        new ClusterSettings(directory.resolve("flink"), 1, 0, OptionalInt.empty()))) {
            broker.createTopic("words", 1);
            send(broker, "a", "b", "c");
            StreamExecutionEnvironment environment = cluster.environment();
            environment.enableCheckpointing(1_000);
            environment
                    .fromSource(words(broker), WatermarkStrategy.noWatermarks(), "words")
                    .map(new CountWords())
                    .name("count")
                    .sinkTo(new DiscardingSink<>());
            LocalJob job = cluster.submit(environment, "count words");

            awaitCount(cluster, "dropped.nothing", 3);
            assertThat(job.isRunning()).isTrue();
            assertThat(page(cluster.dashboard())).contains("<html");
            job.drain();

            assertThat(job.failure()).isEmpty();
            assertThat(job.isUnderWay()).isFalse();
            assertThat(cluster.metrics().counts("dropped.")).isEqualTo(Map.of("nothing", 3L));
        }
    }

    private static void send(EmbeddedBroker broker, String... words) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String word : words) {
                producer.send(new ProducerRecord<>("words", word.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static KafkaSource<String> words(EmbeddedBroker broker) {
        return KafkaSource.<String>builder()
                .setBootstrapServers(broker.bootstrapServers())
                .setTopics("words")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(new SimpleStringSchema())
                .build();
    }

    private static void awaitCount(LocalCluster cluster, String name, long count) {
        while (cluster.metrics().count(name) < count) {
            Thread.onSpinWait(); // The test's timeout is the deadline.
        }
    }

    private static String page(URI address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Counts what it passes on. */
    public static final class CountWords extends RichMapFunction<String, String> {
        private transient Counter counter;

        @Override
        public void open(OpenContext context) {
            counter = getRuntimeContext()
                    .getMetricGroup()
                    .addGroup("freshet")
                    .addGroup("dropped")
                    .counter("nothing");
        }

        @Override
        public String map(String word) {
            counter.inc();
            return word;
        }
    }
}

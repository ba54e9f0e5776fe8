package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.broker.EmbeddedBroker;
import io.freshet.contracts.feature.FeatureHash;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.serving.Client.Answer;
import io.freshet.serving.follow.ModelShape;
import io.freshet.serving.follow.PublishedDense;
import io.freshet.serving.follow.TopicFollower;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server against a real broker. Every dense weight is 0 but the prior, and every row's bias is the same number, both made
 * from the version: a score tells which dense weights and which rows it was made with.
 */
class RankingServerIT {
    private static final int SHARDS = 2;
    private static final int PARTITIONS = 3;
    private static final int ITEMS = 200;
    private static final String BODY = "{\"features\":{\"user\":\"u\"},\"candidates\":[{\"item\":1},{\"item\":199}]}";

    @TempDir
    private static Path directory;

    private static EmbeddedBroker broker;

    private final List<AutoCloseable> open = new ArrayList<>();
    private Pipeline pipeline;
    private PipelineTopics topics;
    private ModelPlan plan;
    private FakePublisher publisher;
    private RankingServer server;
    private Client client;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(directory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void describeModel(TestInfo test) {
        pipeline =
                TestPipelines.small(test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT));
        topics = PipelineTopics.of(pipeline);
        plan = ModelPlan.of(pipeline);
        publisher = new FakePublisher(
                new FakePublisher.Model(plan.fingerprint(), "item", 5, plan.denseSize()), "a", SHARDS, PARTITIONS);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    /** The topics that a trainer would create. */
    private void createTopics() throws Exception {
        Map<String, String> compacted = Map.of("cleanup.policy", "compact");
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(
                            new NewTopic(topics.rows(), PARTITIONS, (short) 1).configs(compacted),
                            new NewTopic(topics.dense(), 1, (short) 1).configs(compacted),
                            new NewTopic(topics.versions(), 1, (short) 1).configs(compacted)))
                    .all()
                    .get();
        }
    }

    private void startServer() {
        server = new RankingServer(ServerConfig.of(pipeline, 0).withBootstrapServers(broker.bootstrapServers()));
        open.add(server);
        server.start();
        client = new Client(server.port());
    }

    private TestWriter writer(String name) {
        TestWriter writer = new TestWriter(broker.bootstrapServers(), topics, pipeline.name() + name);
        open.add(0, writer);
        return writer;
    }

    private void learn(long version) {
        for (int item = 0; item < ITEMS; item++) {
            publisher.learn(FeatureHash.id("item", Integer.toString(item)), rowCode(version));
        }
    }

    private List<LogRecord> cutTrainer(FakePublisher by, long version) {
        float[] dense = new float[plan.denseSize()];
        dense[plan.priorOffset()] = denseCode(version);
        return by.cutTrainer(version, dense);
    }

    private static float denseCode(long version) {
        return -2.5f + 0.1f * version;
    }

    private static float rowCode(long version) {
        return 0.001f * version;
    }

    private List<LogRecord> version(FakePublisher by, long version) {
        List<LogRecord> records = new ArrayList<>();
        for (int shard = 0; shard < by.shards(); shard++) {
            records.addAll(by.cutShard(shard, version));
        }
        records.addAll(cutTrainer(by, version));
        return records;
    }

    /** Fails unless the answer's rows and dense weights are of the version that it names. */
    private static void assertOfOneVersion(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        long version = answer.checkpointId();
        for (int candidate = 0; candidate < 2; candidate++) {
            double score = answer.score(candidate);
            double logit = Math.log(score / (1 - score));
            // Rows of the version before or after would be off by 0.001.
            assertThat(logit)
                    .as("logit of version %d", version)
                    .isCloseTo(denseCode(version) + rowCode(version), within(2e-4));
        }
    }

    private void awaitLive(String lineage, long version) {
        Await.until(
                "version " + version + " of " + lineage + " live",
                () -> server.statistics()
                        .live()
                        .filter(id -> id.getLineage().equals(lineage) && id.getCheckpointId() == version)
                        .isPresent());
        Answer answer = client.score(BODY);
        assertOfOneVersion(answer);
        assertThat(answer.checkpointId()).isEqualTo(version);
    }

    @Test
    void waitsForTheTopicsAndServesWhatIsCommitted() throws Exception {
        startServer();
        assertThat(client.get("/readyz").status()).isEqualTo(503);
        assertThat(client.score(BODY).status()).isEqualTo(503);
        createTopics();
        learn(1);
        writer("t").write(version(publisher, 1));
        awaitLive("a", 1);
        assertThat(client.get("/readyz").status()).isEqualTo(200);
        assertThat(server.statistics().eventToServed().examples()).isEqualTo(1);
        assertThat(server.statistics().eventToServed().p99Ms()).isPositive();
        assertThat(server.statistics().liveAgeMs()).isPositive();
    }

    @Test
    void theDenseWeightsOfTheNewestCommittedVersionCanBeReadWithoutAServer() throws Exception {
        TopicFollower.Source source = new TopicFollower.Source(topics, broker.bootstrapServers(), Map.of());
        ModelShape shape = ModelShape.of(pipeline, plan);
        assertThatThrownBy(() -> PublishedDense.newest(source, shape, Duration.ofSeconds(20)))
                .hasMessageContaining("There is no topic " + topics.versions());
        createTopics();
        assertThatThrownBy(() -> PublishedDense.newest(source, shape, Duration.ofSeconds(20)))
                .hasMessageContaining("hold no whole version yet");
        TestWriter trainer = writer("trainer");
        trainer.write(cutTrainer(publisher, 1));
        trainer.write(cutTrainer(publisher, 2));
        trainer.begin(cutTrainer(publisher.fork("a", SHARDS), 3)).abort();
        PublishedDense newest = PublishedDense.newest(source, shape, Duration.ofSeconds(20));
        assertThat(newest.record().getVersion().getCheckpointId()).isEqualTo(2);
        assertThat(newest.dense()[plan.priorOffset()]).isEqualTo(denseCode(2));
    }

    @Test
    void anAbortedTransactionIsNeverSeen() throws Exception {
        createTopics();
        startServer();
        TestWriter rows = writer("rows");
        TestWriter trainer = writer("trainer");
        learn(1);
        rows.write(publisher.cutShard(0, 1));
        rows.write(publisher.cutShard(1, 1));
        trainer.write(cutTrainer(publisher, 1));
        awaitLive("a", 1);

        FakePublisher lost = publisher.fork("a", SHARDS);
        lost.learn(FeatureHash.id("item", "1"), 9);
        rows.begin(version(lost, 2)).abort();

        learn(3);
        List<LogRecord> shard0 = publisher.cutShard(0, 3);
        List<LogRecord> shard1 = publisher.cutShard(1, 3);
        rows.write(shard1);
        trainer.write(cutTrainer(publisher, 3));
        TestWriter late = writer("late").begin(shard0);
        assertThat(client.score(BODY).checkpointId()).isEqualTo(1);
        late.commit();
        awaitLive("a", 3);
        assertThat(server.statistics().versionsServed()).isEqualTo(2);
        assertThat(server.statistics().failed()).isZero();
    }

    @Test
    void aDamagedVersionIsRefusedAndTheLiveOneServesOnUntilANewLineageIsWhole() throws Exception {
        createTopics();
        startServer();
        TestWriter writer = writer("t");
        learn(1);
        writer.write(version(publisher, 1));
        awaitLive("a", 1);

        learn(2);
        List<LogRecord> damaged = version(publisher, 2);
        damaged.remove(0);
        writer.write(damaged);
        Await.until(
                "a refusal",
                () -> client.get("/metrics")
                        .body()
                        .lines()
                        .anyMatch(line -> line.startsWith("freshet_follow_refusals_total{reason=\"row_count\"}")
                                && !line.endsWith(" 0.0")));
        assertOfOneVersion(client.score(BODY));
        assertThat(client.score(BODY).checkpointId()).isEqualTo(1);

        FakePublisher next = publisher.fork("b", 3);
        writer.write(version(next, 2));
        awaitLive("b", 2);
        assertThat(server.statistics().failed()).isZero();
    }

    @Test
    void anotherServerStartsFromTheTopics() throws Exception {
        createTopics();
        TestWriter writer = writer("t");
        for (long version = 1; version <= 5; version++) {
            learn(version);
            writer.write(version(publisher, version));
        }
        startServer();
        awaitLive("a", 5);
        assertThat(server.statistics().versionsServed()).isEqualTo(1);
        learn(6);
        writer.write(version(publisher, 6));
        awaitLive("a", 6);
    }

    @Test
    void aBrokerThatRestartsIsFollowedOn() throws Exception {
        createTopics();
        startServer();
        learn(1);
        writer("before").write(version(publisher, 1));
        awaitLive("a", 1);
        broker.stop();
        assertOfOneVersion(client.score(BODY));
        broker.restart();
        learn(2);
        writer("after").write(version(publisher, 2));
        awaitLive("a", 2);
    }

    @Test
    void noRequestFailsOrMixesVersionsWhileFiftySwap() throws Exception {
        createTopics();
        startServer();
        TestWriter rows = writer("rows");
        TestWriter trainer = writer("trainer");
        learn(1);
        rows.write(version(publisher, 1));
        awaitLive("a", 1);

        int clients = 8;
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Future<Integer>> seen = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                seen.add(threads.submit(() -> scoreUntil(over)));
            }
            for (long version = 2; version <= 51; version++) {
                learn(version);
                rows.write(publisher.cutShard(0, version));
                trainer.write(cutTrainer(publisher, version));
                rows.write(publisher.cutShard(1, version));
                long expected = version;
                Await.until("version " + version, () -> server.statistics().versionsServed() == expected);
            }
            over.set(true);
            int requests = 0;
            for (Future<Integer> each : seen) {
                requests += each.get(2, TimeUnit.MINUTES);
            }
            assertThat(requests).isGreaterThan(100);
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
        assertThat(server.statistics().failed()).isZero();
        assertThat(client.score(BODY).checkpointId()).isEqualTo(51);
    }

    /** How many requests it took. */
    private int scoreUntil(AtomicBoolean over) {
        Client own = new Client(server.port());
        long newest = 0;
        int requests = 0;
        while (!over.get()) {
            Answer answer = own.score(BODY);
            assertOfOneVersion(answer);
            assertThat(answer.checkpointId()).as("never an older version").isGreaterThanOrEqualTo(newest);
            newest = answer.checkpointId();
            requests++;
        }
        return requests;
    }
}

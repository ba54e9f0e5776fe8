package io.freshet.flink.job;

import io.freshet.broker.EmbeddedBroker;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.flink.encode.ExamplesTopic;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.publish.ModelTopics;
import io.freshet.quickstart.cluster.ClusterSettings;
import io.freshet.quickstart.cluster.LocalCluster;
import io.freshet.quickstart.cluster.LocalJob;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Train jobs of a test, one after the other, on a broker and a cluster of its own. */
final class TrainRuns implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final EmbeddedBroker broker;
    private final LocalCluster cluster;
    private final KafkaTestTopics topics;
    private final List<LocalJob> jobs = new ArrayList<>();

    /** A cluster for jobs of at most that parallelism. */
    TrainRuns(Path directory, int parallelism) {
        broker = EmbeddedBroker.start(directory.resolve("kafka"));
        cluster = LocalCluster.start(
                new ClusterSettings(directory.resolve("flink"), parallelism, 0, OptionalInt.empty()));
        topics = new KafkaTestTopics(broker.bootstrapServers());
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** Creates all topics of a pipeline. */
    void createTopics(Pipeline pipeline) {
        ModelTopics.create(pipeline, (short) 1);
        broker.createTopic(PipelineTopics.of(pipeline).examples(), 1);
    }

    void write(Pipeline pipeline, List<byte[]> examples) {
        topics.write(PipelineTopics.of(pipeline).examples(), examples);
    }

    /** Starts a job without state. */
    LocalJob start(Pipeline pipeline, int parallelism) {
        return start(pipeline, parallelism, cluster.environment());
    }

    /** Starts a job that goes on from a savepoint. */
    LocalJob restore(Pipeline pipeline, int parallelism, String savepoint) {
        return start(pipeline, parallelism, cluster.environment(savepoint));
    }

    private LocalJob start(Pipeline pipeline, int parallelism, StreamExecutionEnvironment env) {
        env.setParallelism(parallelism);
        JobSettings.apply(env, pipeline);
        DataStream<JoinedExample> examples =
                ExamplesTopic.read(env, pipeline).filter(new Forgetting()).uid("forgetting");
        TrainStage.add(examples, pipeline);
        LocalJob job = cluster.submit(env, pipeline.name());
        jobs.add(job);
        return job;
    }

    /** Ends what a test that failed has left, so that the next one has the cluster for itself. */
    void stopJobs() throws Exception {
        for (LocalJob job : jobs) {
            if (job.isUnderWay()) {
                job.stop();
            }
        }
        jobs.clear();
    }

    VersionRecord awaitVersion(Pipeline pipeline, Predicate<VersionRecord> wanted) throws Exception {
        return topics.awaitVersion(pipeline, PATIENCE, wanted);
    }

    /** The dense weights of a version, which must fit one chunk. */
    float[] dense(Pipeline pipeline, VersionRecord version) throws Exception {
        DenseChunk chunk = topics.dense(pipeline, version, PATIENCE);
        ByteBuffer bytes = chunk.getWeights().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] dense = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(dense);
        return dense;
    }

    @Override
    public void close() {
        cluster.close();
        broker.close();
    }
}

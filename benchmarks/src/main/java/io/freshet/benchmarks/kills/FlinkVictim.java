package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.publish.PublishRecord;
import io.freshet.flink.rows.GradientBlock;
import io.freshet.flink.rows.RowsOperatorFactory;
import io.freshet.quickstart.cluster.ClusterSettings;
import io.freshet.quickstart.cluster.LocalCluster;
import io.freshet.quickstart.cluster.LocalJob;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * As {@link Victim}, with the rows in the state of a Flink job: a cluster in this process, whose rows operator is the one
 * of every pipeline, with incremental checkpoints on disk. What it is told is {@code MODE PATH}, the checkpoint to go on
 * from and how Flink is to treat it, or {@code NEW}.
 */
final class FlinkVictim {
    /** Of the operators whose state is looked at. */
    static final String ROWS_UID = "rows";

    static final String NUMBERS_UID = "numbers";
    static final String NEW = "NEW";

    private static final int CHECKPOINT_MS = 200;

    private FlinkVictim() {}

    /** Args: folder for checkpoints, folder for temporary files, seed, hot rows of a table, Kafka's address. */
    public static void main(String[] args) throws IOException, InterruptedException {
        ChildJvm.endWithParent();
        ClusterSettings settings = new ClusterSettings(Path.of(args[1]), 1, 0, OptionalInt.empty());
        try (LocalCluster cluster = LocalCluster.start(settings)) {
            System.out.println(Victim.READY);
            String order = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            if (order == null) {
                return;
            }
            StreamExecutionEnvironment environment = cluster.environment();
            environment.configure(configuration(Path.of(args[0]), order));
            environment.setMaxParallelism(KillTables.KEY_GROUPS);
            environment.enableCheckpointing(CHECKPOINT_MS);
            build(environment, Long.parseLong(args[2]), Integer.parseInt(args[3]), KillTables.pipeline(args[4]));
            LocalJob job = cluster.submit(environment, "kills");
            while (job.isUnderWay()) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            throw new IllegalStateException("The job ended", job.failure().orElse(null));
        }
    }

    private static Configuration configuration(Path checkpoints, String order) {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        if (!order.equals(NEW)) {
            String[] words = order.split(" ", 2);
            configuration.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.valueOf(words[0]));
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, words[1]);
        }
        return configuration;
    }

    private static void build(StreamExecutionEnvironment environment, long seed, int hotRows, Pipeline pipeline) {
        SingleOutputStreamOperator<GradientBlock> blocks = environment
                .fromSequence(0, Long.MAX_VALUE)
                .uid("sequence")
                .flatMap(new NumberedBlocks(seed))
                .returns(TypeInformation.of(GradientBlock.class))
                .uid(NUMBERS_UID);
        DataStreamUtils.reinterpretAsKeyedStream(blocks, GradientBlock::key, Types.INT)
                .transform(
                        "rows",
                        TypeInformation.of(PublishRecord.class),
                        new RowsOperatorFactory(pipeline, "kills", hotRows))
                .uid(ROWS_UID)
                .sinkTo(new DiscardingSink<>());
    }
}

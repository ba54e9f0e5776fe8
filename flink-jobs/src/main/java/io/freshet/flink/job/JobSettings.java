package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What every job of Freshet needs of Flink, whatever the cluster's own settings are. */
final class JobSettings {
    private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(2);
    private static final int DEFAULT_MAX_PARALLELISM = 128;

    private JobSettings() {}

    static void apply(StreamExecutionEnvironment env, Pipeline pipeline) {
        Configuration settings = new Configuration();
        settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // A stream or state type that would fall back to Kryo fails at the start.
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        // Flink's 100 ms would lie in the way of every event, several times over.
        settings.set(ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT);
        env.configure(settings);
        if (env.getMaxParallelism() <= 0) {
            // Rows are assigned to this many groups for ever, so it must not follow from the first parallelism.
            env.setMaxParallelism(DEFAULT_MAX_PARALLELISM);
        }
        // Each checkpoint is a version.
        env.enableCheckpointing(pipeline.publish().every().toMillis(), CheckpointingMode.EXACTLY_ONCE);
        env.getCheckpointConfig().setMaxConcurrentCheckpoints(1);
    }
}

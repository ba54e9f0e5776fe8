package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineException;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.flink.publish.ModelTopics;
import java.nio.file.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the mains of the jobs share: read the pipeline file, make its topics, submit. */
final class JobMain {
    private static final Logger LOG = LoggerFactory.getLogger(JobMain.class);
    private static final short BROKERS_DEFAULT = -1;

    private JobMain() {}

    /** Adds a job to an environment. */
    @FunctionalInterface
    interface Build {
        void build(StreamExecutionEnvironment env, Pipeline pipeline);
    }

    static void run(String job, Build build, String[] args) throws Exception {
        if (args.length != 1) {
            throw new IllegalArgumentException(
                    "The %s job takes one argument, the pipeline file; got %d.".formatted(job, args.length));
        }
        Pipeline pipeline;
        try {
            pipeline = PipelineFile.load(Path.of(args[0]));
        } catch (PipelineException e) {
            LOG.error("{}", e.getMessage()); // Flink's client prints a stack trace only; the problems deserve better.
            throw e;
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        build.build(env, pipeline); // First: a job that is refused leaves no topics behind.
        ModelTopics.create(pipeline, BROKERS_DEFAULT);
        env.execute(pipeline.name() + " (" + job + ")");
    }
}

package io.freshet.contracts.pipeline;

import java.util.List;

/** Names of the topics that Freshet itself writes, each prefixed by the pipeline's name. */
public record PipelineTopics(String rows, String dense, String versions, String deadLetters, String examples) {
    /** The topics of a pipeline. */
    public static PipelineTopics of(Pipeline pipeline) {
        return of(pipeline.name());
    }

    /** The topics of a pipeline of this name. */
    public static PipelineTopics of(String pipelineName) {
        String prefix = pipelineName + ".";
        return new PipelineTopics(
                prefix + "model-rows",
                prefix + "model-dense",
                prefix + "model-versions",
                prefix + "dead-letters",
                prefix + "examples");
    }

    /** All of them. */
    public List<String> all() {
        return List.of(rows, dense, versions, deadLetters, examples);
    }
}

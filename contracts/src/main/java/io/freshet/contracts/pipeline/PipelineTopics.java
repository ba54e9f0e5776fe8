package io.freshet.contracts.pipeline;

/** Names of the topics that Freshet itself writes, each prefixed by the pipeline's name. */
public record PipelineTopics(String rows, String dense, String versions, String deadLetters, String examples) {
    /** The topics of a pipeline. */
    public static PipelineTopics of(Pipeline pipeline) {
        String prefix = pipeline.name() + ".";
        return new PipelineTopics(
                prefix + "model-rows",
                prefix + "model-dense",
                prefix + "model-versions",
                prefix + "dead-letters",
                prefix + "examples");
    }
}

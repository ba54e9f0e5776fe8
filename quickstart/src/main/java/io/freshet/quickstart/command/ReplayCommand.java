package io.freshet.quickstart.command;

import io.freshet.contracts.pipeline.EventTopic;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.quickstart.replay.EventFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The same loop as the quickstart, on a user's own events. */
@Command(
        name = "replay",
        description =
                "Learn online from your own recorded events, publish and serve; Kafka, Flink and the server all run "
                        + "in this process. Events are JSON, one a line, gzipped or not: "
                        + "{\"impression_id\":\"i1\",\"time_ms\":1700000000000,\"features\":{\"user\":\"u1\",\"item\":42}} and "
                        + "{\"impression_id\":\"i1\",\"action\":\"like\",\"time_ms\":1700000000001}.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    @Option(names = "--pipeline", paramLabel = "FILE", required = true, description = "The pipeline file (YAML).")
    private Path pipeline;

    @Option(names = "--impressions", paramLabel = "FILE", required = true, description = "Impressions (JSON lines).")
    private Path impressions;

    @Option(names = "--actions", paramLabel = "FILE", required = true, description = "Actions (JSON lines).")
    private Path actions;

    @Mixin
    private LoopOptions options;

    @Override
    public Integer call() throws Exception {
        List<String> problems = options.problems();
        for (Path file : List.of(pipeline, impressions, actions)) {
            PipelineFiles.problem(file).ifPresent(problems::add);
        }
        UsageException.throwIfAny(problems);
        Pipeline loaded = PipelineFiles.load(pipeline);
        requireJson("impressions", loaded.impressions(), problems);
        requireJson("actions", loaded.actions(), problems);
        UsageException.throwIfAny(problems);
        new LoopRun(options, System.out).run(loaded, EventFiles.open(impressions, actions));
        return 0;
    }

    private void requireJson(String key, EventTopic topic, List<String> problems) {
        if (topic.format() != EventTopic.Format.JSON) {
            problems.add("%s: %s.format is %s, but replayed files hold JSON: set it to json"
                    .formatted(pipeline, key, topic.format().name().toLowerCase(Locale.ROOT)));
        }
    }
}

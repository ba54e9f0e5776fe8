package io.freshet.quickstart.command;

import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.quickstart.replay.MovieTweetings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Learns from bundled movie ratings, to see the whole loop at work. */
@Command(
        name = "quickstart",
        description = "Learn online from 70,000 movie ratings, publish every few seconds, and serve meanwhile; "
                + "Kafka, Flink and the server all run in this process.",
        mixinStandardHelpOptions = true)
final class QuickstartCommand implements Callable<Integer> {
    @Mixin
    private LoopOptions options;

    @Override
    public Integer call() throws Exception {
        UsageException.throwIfAny(options.problems());
        new LoopRun(options, System.out)
                .run(PipelineFile.parse(MovieTweetings.pipeline(), System.getenv()), MovieTweetings.open(options.seed));
        return 0;
    }
}

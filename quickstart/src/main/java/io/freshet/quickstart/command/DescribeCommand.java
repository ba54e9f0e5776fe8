package io.freshet.quickstart.command;

import io.freshet.model.ranker.ModelPlan;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a pipeline file's ranker is made of; starts nothing. */
@Command(
        name = "describe",
        description = "Prints the ranker of a pipeline file: layers, shapes, parameters, FLOPs per example.",
        mixinStandardHelpOptions = true)
final class DescribeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PIPELINE", description = "The pipeline file (YAML).")
    private Path pipeline;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ModelPlan plan = ModelPlan.of(PipelineFiles.load(pipeline));
        spec.commandLine().getOut().println(plan.describe());
        spec.commandLine().getOut().flush();
        return 0;
    }
}

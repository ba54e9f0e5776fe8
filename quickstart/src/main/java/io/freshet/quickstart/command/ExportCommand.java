package io.freshet.quickstart.command;

import io.freshet.contracts.pipeline.KafkaConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineException;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.model.file.DenseFile;
import io.freshet.model.file.DenseMetadata;
import io.freshet.model.file.EmbeddedArchive;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.serving.follow.ModelShape;
import io.freshet.serving.follow.PublishedDense;
import io.freshet.serving.follow.TopicFollower;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the dense weights of the newest published version to a file, straight from the model topics. */
@Command(
        name = "export",
        description =
                "Writes the dense weights of the newest published version to a file: FILE.safetensors with a tensor"
                        + " for each parameter (training.start-from and Python's safetensors read it), or FILE.pt, a TorchScript"
                        + " archive that scores (torch.jit.load opens it).",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    private static final String SAFETENSORS = ".safetensors";
    private static final String ARCHIVE = ".pt";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline file that the trainer runs.")
    private Path pipeline;

    @Parameters(index = "1", paramLabel = "FILE", description = "To be written; ends in .safetensors or .pt.")
    private Path file;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka, instead of what the pipeline file says.")
    private String bootstrapServers;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        String name = file.getFileName().toString();
        if (!name.endsWith(SAFETENSORS) && !name.endsWith(ARCHIVE)) {
            throw new UsageException(List.of("cannot tell the format of " + file + ": end it in .safetensors or .pt"));
        }
        UsageException.throwIfAny(PipelineFiles.unwritable(file).stream().toList());
        Pipeline loaded = PipelineFiles.load(pipeline);
        ModelPlan plan = ModelPlan.of(loaded);
        TopicFollower.Source source = new TopicFollower.Source(
                PipelineTopics.of(loaded),
                servers(loaded.kafka()),
                loaded.kafka().properties());
        PublishedDense newest = PublishedDense.newest(source, ModelShape.of(loaded, plan), PATIENCE);
        Map<String, String> metadata = metadata(loaded, plan, newest.record());
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (name.endsWith(SAFETENSORS)) {
            DenseFile.write(file, plan.parameters(), newest.dense(), metadata);
        } else {
            EmbeddedArchive.write(file, plan, newest.dense(), metadata);
        }
        VersionId version = newest.record().getVersion();
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %,d dense weights of version %d of %s (lineage %s, checkpoint %d)%n",
                        file,
                        newest.dense().length,
                        version.getSequence(),
                        loaded.name(),
                        version.getLineage(),
                        version.getCheckpointId());
        spec.commandLine().getOut().flush();
        return 0;
    }

    private String servers(KafkaConfig file) {
        if (bootstrapServers == null) {
            return file.bootstrapServers();
        }
        try {
            return new KafkaConfig(bootstrapServers, Map.of()).bootstrapServers();
        } catch (PipelineException wrong) {
            throw new UsageException(
                    List.of("--bootstrap-servers " + wrong.problems().get(0).message()));
        }
    }

    private static Map<String, String> metadata(Pipeline pipeline, ModelPlan plan, VersionRecord record) {
        VersionId version = record.getVersion();
        return new DenseMetadata(pipeline.name(), plan.fingerprint())
                .version(version.getLineage(), version.getSequence(), version.getCheckpointId())
                .learnt(record.getProgress().getSteps(), record.getProgress().getExamples())
                .texts();
    }
}

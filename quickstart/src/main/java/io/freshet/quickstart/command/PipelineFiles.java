package io.freshet.quickstart.command;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineException;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.model.ranker.ModelPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files that commands are given. */
final class PipelineFiles {
    private PipelineFiles() {}

    /**
     * Reads a file, and sees whether its ranker can be built.
     *
     * @throws UsageException if it cannot be read
     * @throws PipelineException if it is wrong, with the file's name
     */
    static Pipeline load(Path file) throws IOException {
        Optional<String> problem = problem(file);
        if (problem.isPresent()) {
            throw new UsageException(List.of(problem.get()));
        }
        Pipeline pipeline = PipelineFile.load(file);
        try {
            ModelPlan.of(pipeline);
        } catch (PipelineException wrong) {
            throw new PipelineException(file.toString(), wrong.problems());
        }
        return pipeline;
    }

    /** Why a file cannot be written, if it cannot; folders that are missing will be made. */
    static Optional<String> unwritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (folder != null && Files.isDirectory(folder) && Files.isWritable(folder) && !Files.isDirectory(file)) {
            return Optional.empty();
        }
        return Optional.of("cannot write " + file + ": "
                + (Files.isDirectory(file) ? "it is a folder" : folder + " is no folder that can be written to"));
    }

    /** Why a file cannot be read, if it cannot. */
    static Optional<String> problem(Path file) {
        if (Files.isReadable(file) && !Files.isDirectory(file)) {
            return Optional.empty();
        }
        return Optional.of(
                "cannot read " + file + ": " + (Files.exists(file) ? "not a readable file" : "no such file"));
    }
}

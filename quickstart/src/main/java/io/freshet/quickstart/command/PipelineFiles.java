package io.freshet.quickstart.command;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files that commands are given. */
final class PipelineFiles {
    private PipelineFiles() {}

    /** @throws UsageException if it cannot be read */
    static Pipeline load(Path file) throws IOException {
        Optional<String> problem = problem(file);
        if (problem.isPresent()) {
            throw new UsageException(List.of(problem.get()));
        }
        return PipelineFile.load(file);
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

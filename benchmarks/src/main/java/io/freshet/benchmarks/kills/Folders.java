package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.TemporaryFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a test has on disk.
 *
 * @param database of the rows, with its checkpoints
 * @param versions a file for each version that was published
 */
record Folders(Path root, Path database, Path versions) {
    static Folders in(Path root) {
        return new Folders(root, root.resolve("database"), make(root.resolve("versions")));
    }

    /** Makes an empty folder for the database. */
    void makeDatabase() {
        make(database);
    }

    /** For temporary files of one victim. */
    Path scratch(int victim) {
        return make(root.resolve("scratch-" + victim));
    }

    /** Deletes the temporary files of a victim that is gone. */
    void deleteScratch(int victim) {
        TemporaryFolder.delete(root.resolve("scratch-" + victim));
    }

    private static Path make(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " could not be made", e);
        }
    }
}

package io.freshet.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder that goes when it is closed, with all that is in it. */
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;

    /** Makes it where temporary files go. */
    public TemporaryFolder(String prefix) {
        try {
            path = Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "No temporary folder could be made in " + System.getProperty("java.io.tmpdir"), e);
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Deletes a folder with all that is in it, if it exists. */
    public static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // It is gone already.
        } catch (IOException e) {
            throw new UncheckedIOException("Could not delete " + folder, e);
        }
    }

    @Override
    public void close() {
        delete(path);
    }
}

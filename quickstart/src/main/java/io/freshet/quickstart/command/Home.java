package io.freshet.quickstart.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where this process keeps its files: the launcher says so by the system property {@code freshet.home}. */
final class Home {
    private Home() {}

    static Path directory() {
        return Path.of(System.getProperty("freshet.home", ".freshet")).toAbsolutePath();
    }

    /** Where log4j2.xml sends the log. */
    static Path log() {
        return directory().resolve("logs").resolve("freshet.log");
    }

    /** A new directory for one run. */
    static Path newRun() {
        try {
            Path runs = Files.createDirectories(directory().resolve("runs"));
            return Files.createTempDirectory(runs, "run-");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a directory below " + directory(), e);
        }
    }

    static void delete(Path run) {
        try (Stream<Path> files = Files.walk(run)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + run + "; delete it by hand", e);
        }
    }
}

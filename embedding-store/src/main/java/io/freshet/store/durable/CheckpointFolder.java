package io.freshet.store.durable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folder of a {@link RowDatabase}: {@code live}, where it works, and {@code checkpoint-<id>}, the complete checkpoints.
 *
 * <p>A checkpoint is made under a name that does not count and gets its own by one rename, so that a folder by that name
 * is complete whenever the process dies. Files named {@code *.sst} never change once written and are shared by hard links.
 */
final class CheckpointFolder {
    private static final String COMPLETE = "checkpoint-";
    private static final String UNFINISHED = "unfinished-";

    private final Path root;

    CheckpointFolder(Path root) {
        this.root = root;
    }

    Path live() {
        return root.resolve("live");
    }

    /** Where RocksDB is to put the checkpoint; RocksDB wants it not to exist. */
    Path begin(long id) throws IOException {
        Path unfinished = root.resolve(UNFINISHED + id);
        delete(unfinished);
        return unfinished;
    }

    /** Makes a checkpoint count, and forgets all but the newest {@code keep}. */
    void complete(long id, int keep) throws IOException {
        Files.move(root.resolve(UNFINISHED + id), path(id), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(root, StandardOpenOption.READ)) {
            folder.force(true);
        }
        TreeMap<Long, Path> complete = complete();
        while (complete.size() > keep) {
            Path oldest = complete.pollFirstEntry().getValue();
            // First a name that does not count: a half deleted checkpoint must not be taken for a complete one.
            delete(Files.move(oldest, root.resolve(UNFINISHED + oldest.getFileName()), StandardCopyOption.ATOMIC_MOVE));
        }
    }

    Path path(long id) {
        return root.resolve(COMPLETE + id);
    }

    /** Fills the folder to work in from the newest complete checkpoint, if there is one, and tells its id. */
    Optional<Long> restore() throws IOException {
        Files.createDirectories(root);
        delete(live());
        try (Stream<Path> entries = Files.list(root)) {
            for (Path entry : entries.toList()) {
                if (entry.getFileName().toString().startsWith(UNFINISHED)) {
                    delete(entry);
                }
            }
        }
        Files.createDirectories(live());
        TreeMap<Long, Path> complete = complete();
        if (complete.isEmpty()) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(complete.lastEntry().getValue())) {
            for (Path file : files.toList()) {
                Path target = live().resolve(file.getFileName());
                if (isShared(file)) {
                    Files.createLink(target, file);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return Optional.of(complete.lastKey());
    }

    static boolean isShared(Path file) {
        return file.getFileName().toString().endsWith(".sst");
    }

    /** The complete checkpoints by id. */
    TreeMap<Long, Path> complete() throws IOException {
        TreeMap<Long, Path> complete = new TreeMap<>();
        try (Stream<Path> entries = Files.list(root)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (name.matches(COMPLETE + "\\d+")) {
                    complete.put(Long.parseLong(name.substring(COMPLETE.length())), entry);
                }
            }
        }
        return complete;
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(folder)) {
            entries.sorted(Comparator.reverseOrder()).forEach(entry -> {
                try {
                    Files.delete(entry);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}

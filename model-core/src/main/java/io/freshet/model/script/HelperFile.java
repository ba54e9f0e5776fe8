package io.freshet.model.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Methods of the script class that are written by hand: a resource {@code NAME.py} beside this class, in the dialect
 * that archives hold. Each method takes {@code self: __torch__.Ranker} first.
 */
final class HelperFile {
    private HelperFile() {}

    /** The lines of a file's methods, indented as methods of a class, without comments. */
    static List<String> methods(String file) {
        String name = file + ".py";
        try (InputStream in = HelperFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("There is no resource %s beside %s.".formatted(name, HelperFile.class));
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                    .map(line -> "  " + line)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + name + ".", e);
        }
    }
}

package io.freshet.model.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Methods of the script class that are written by hand: a resource {@code NAME.py} beside this class, in the dialect
 * that archives hold. Each method takes {@code self: __torch__.Ranker} first. A file that calls methods of others says so
 * in a comment, {@code # Needs: NAME, NAME}.
 */
final class HelperFile {
    private static final String NEEDS = "# Needs:";

    private HelperFile() {}

    /** The lines of the methods of these files and of those they need, indented as methods of a class, without comments. */
    static List<String> methods(Collection<String> files) {
        Map<String, List<String>> texts = new LinkedHashMap<>();
        Deque<String> missing = new ArrayDeque<>(files);
        while (!missing.isEmpty()) {
            String file = missing.remove();
            if (!texts.containsKey(file)) {
                texts.put(file, lines(file));
                missing.addAll(needs(texts.get(file)));
            }
        }
        return texts.values().stream()
                .flatMap(List::stream)
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .map(line -> "  " + line)
                .toList();
    }

    private static List<String> needs(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(NEEDS))
                .flatMap(line -> Arrays.stream(line.substring(NEEDS.length()).split(",")))
                .map(String::strip)
                .toList();
    }

    private static List<String> lines(String file) {
        String name = file + ".py";
        try (InputStream in = HelperFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("There is no resource %s beside %s.".formatted(name, HelperFile.class));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + name + ".", e);
        }
    }
}

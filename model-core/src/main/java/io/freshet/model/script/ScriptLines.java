package io.freshet.model.script;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines of a method's body under construction: each gives its result a new variable. Not thread-safe. */
abstract class ScriptLines {
    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> known =
            new HashMap<>(); // Variable of each expression that is not to be repeated.
    private final Map<String, Movable> movable = new HashMap<>();
    private final Set<String> helpers = new LinkedHashSet<>();
    private int variables;

    /**
     * A value that could lie in memory of somebody's choice.
     *
     * @param line its place among the lines
     * @param there its expression then, with {@code %s} for that memory
     */
    private record Movable(int line, String there) {}

    /** The lines, without indentation. */
    List<String> lines() {
        return lines;
    }

    /** Files of the helper methods that the lines call. */
    Set<String> helpers() {
        return helpers;
    }

    /** Has a value end up in some memory, known from the first line on: computed there if that can be, else copied. */
    void store(String value, String memory) {
        Movable found = movable.remove(value);
        if (found == null) {
            lines.add(memory + "_ = torch.copy_(" + memory + ", " + value + ")");
        } else {
            lines.set(found.line(), value + " = " + found.there().replace("%s", memory));
        }
    }

    /** The variable of an expression. */
    String let(String expression) {
        return letAll(1, expression).get(0);
    }

    /** Likewise for an expression that gives a tuple. */
    List<String> letAll(int results, String expression) {
        List<String> names =
                IntStream.range(0, results).mapToObj(i -> "v" + variables++).toList();
        lines.add(String.join(", ", names) + " = " + expression);
        return names;
    }

    /** Likewise for an operation that takes {@code out=} after its last argument. */
    String letMovable(String expression) {
        return movable(expression, expression.substring(0, expression.length() - 1) + ", out=%s)");
    }

    /** Memory for a helper method to write to, in the shape of some value. */
    String memoryLike(String value) {
        return movable("torch.empty_like(" + value + ")", "%s");
    }

    private String movable(String here, String there) {
        String name = let(here);
        movable.put(name, new Movable(lines.size() - 1, there));
        return name;
    }

    /** The variable of an expression that several operations share, written down when first asked for. */
    String once(String expression) {
        return known.computeIfAbsent(expression, this::let);
    }

    /**
     * Calls a helper method that gives one tensor, or a tuple of several.
     *
     * @param file where the method is, see {@link HelperFile}
     */
    List<String> call(String file, String method, int results, Object... arguments) {
        helpers.add(file);
        String list = Arrays.stream(arguments).map(String::valueOf).collect(Collectors.joining(", "));
        return letAll(results, "(self)." + method + "(" + list + ")");
    }
}

package io.freshet.model.script;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A trainable parameter of a scripted module.
 *
 * @param path attributes from the module down to the parameter
 * @param storage name of the storage that its numbers are in
 * @param offset its first number's place there; the others follow, row-major
 */
public record ModuleWeight(List<String> path, List<Integer> shape, String storage, int offset) {
    /** Its name in Python's {@code named_parameters()}. */
    public String name() {
        return String.join(".", path);
    }

    /** How many numbers. */
    public int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    boolean overlaps(ModuleWeight other) {
        return storage.equals(other.storage) && offset < other.offset + other.size() && other.offset < offset + size();
    }

    @Override
    public String toString() {
        return name() + shape.stream().map(String::valueOf).collect(Collectors.joining(", ", " [", "]"));
    }

    static boolean isContiguous(int[] shape, int[] stride) {
        int expected = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] != 1 && stride[i] != expected) {
                return false;
            }
            expected *= shape[i];
        }
        return shape.length == stride.length && Arrays.stream(shape).allMatch(size -> size > 0);
    }
}

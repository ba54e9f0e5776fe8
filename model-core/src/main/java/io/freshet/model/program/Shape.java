package io.freshet.model.program;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The shape of a tensor: named axes. The batch axis has no size until the program runs; all others are numbers.
 *
 * <p>Names only explain: two shapes are the same when their sizes are.
 */
public record Shape(List<Axis> axes) {
    /** The number of examples, known only when the program runs. */
    public static final Axis BATCH = new Axis("B", -1);

    /** One axis; a size below 0 stands for as many entries per example. */
    public record Axis(String name, int size) {
        /** A named axis. */
        public static Axis of(String name, int size) {
            if (size < 1) {
                throw new ShapeException("Axis %s needs a size of at least 1, not %d.".formatted(name, size));
            }
            return new Axis(name, size);
        }

        /** The batch axis and one of so many positions, as one axis. */
        public static Axis ofBatchTimes(int positions) {
            return new Axis(positions + "B", -of("positions", positions).size());
        }

        boolean sameAs(Axis other) {
            return size == other.size;
        }

        boolean isBatch() {
            return size < 0;
        }

        @Override
        public String toString() {
            return isBatch() ? name : name + "=" + size;
        }
    }

    /** A shape of these axes. */
    public static Shape of(Axis... axes) {
        return new Shape(List.of(axes));
    }

    /** How many axes. */
    public int rank() {
        return axes.size();
    }

    /** The i-th axis; negative counts from the end. */
    public Axis axis(int i) {
        return axes.get(i < 0 ? rank() + i : i);
    }

    /** Size of the i-th axis; negative counts from the end. */
    public int size(int i) {
        return axis(i).size();
    }

    /** How many numbers a tensor of this shape holds. */
    public int elements() {
        if (hasBatch()) {
            throw new ShapeException("The size of " + this + " is not known before the program runs.");
        }
        return axes.stream().mapToInt(Axis::size).reduce(1, Math::multiplyExact);
    }

    /** Sizes, with -1 for the batch axis. */
    public long[] sizes() {
        return axes.stream()
                .mapToLong(axis -> axis.isBatch() ? -1 : axis.size())
                .toArray();
    }

    boolean hasBatch() {
        return axes.stream().anyMatch(Axis::isBatch);
    }

    /** Numbers per example, or in all when there is no batch axis. */
    int elementsPerExample() {
        return axes.stream().mapToInt(axis -> Math.abs(axis.size())).reduce(1, Math::multiplyExact);
    }

    boolean sameAs(Shape other) {
        return rank() == other.rank() && IntStream.range(0, rank()).allMatch(i -> axis(i).sameAs(other.axis(i)));
    }

    /** Whether this shape equals the last axes of the other. */
    boolean isTailOf(Shape other) {
        return rank() <= other.rank() && sameAs(new Shape(other.axes.subList(other.rank() - rank(), other.rank())));
    }

    Shape with(int i, Axis axis) {
        List<Axis> changed = new ArrayList<>(axes);
        changed.set(i < 0 ? rank() + i : i, axis);
        return new Shape(List.copyOf(changed));
    }

    Shape without(int i) {
        List<Axis> changed = new ArrayList<>(axes);
        changed.remove(i < 0 ? rank() + i : i);
        return new Shape(List.copyOf(changed));
    }

    @Override
    public String toString() {
        return axes.stream().map(Axis::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}

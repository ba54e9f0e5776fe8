package io.freshet.model.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Differentiates a program by itself: appends to the graph the steps that compute the gradients of a loss, from the
 * loss back to what it is differentiated by. Reverse mode; each {@link Op} knows its own rule.
 *
 * <p>Steps that lead to nothing wanted get no gradient. The gradients of a tensor that several steps use are added up;
 * those of the pieces of a cut tensor are joined by one step.
 */
public final class Gradients {
    private final Graph graph;
    private final BitSet wanted = new BitSet(); // Values that depend on what is differentiated by, or are it.
    private final Map<Integer, Gathered> gathered = new HashMap<>();
    private final Map<Integer, Tensor> complete = new HashMap<>();

    private Gradients(Graph graph) {
        this.graph = graph;
    }

    /** What the users of a value have handed back so far. */
    private static final class Gathered {
        final List<Tensor> wholes = new ArrayList<>();
        final Map<Backward.Cut, Tensor[]> pieces = new LinkedHashMap<>();
    }

    /**
     * The gradients of a loss [] by some tensors, each in its tensor's shape; zeros for one that the loss does not
     * depend on.
     *
     * @throws UnsupportedOperationException if an op between them has no rule
     */
    public static List<Tensor> of(Tensor loss, List<Tensor> by) {
        Graph graph = loss.graph();
        graph.require(loss.shape().rank() == 0, () -> "a loss must be one number, not " + loss.shape());
        Gradients sweep = new Gradients(graph);
        by.forEach(tensor -> sweep.wanted.set(tensor.id()));
        List<Program.Step> forward = List.copyOf(graph.steps());
        forward.forEach(sweep::spread);
        sweep.add(loss.id(), loss.filled(1));
        for (int i = forward.size() - 1; i >= 0; i--) {
            sweep.step(forward.get(i));
        }
        return by.stream().map(sweep::gradient).toList();
    }

    /** Whoever uses a wanted value is on the way to the loss. */
    private void spread(Program.Step step) {
        if (step.in().stream().anyMatch(wanted::get)) {
            wanted.set(step.first(), step.first() + step.shapes().size());
        }
    }

    private void step(Program.Step step) {
        boolean usesWanted = step.in().stream().anyMatch(wanted::get);
        boolean isUsed = false;
        for (int i = 0; i < step.shapes().size(); i++) {
            isUsed |= gathered.containsKey(step.first() + i);
        }
        if (usesWanted && isUsed) {
            try (Graph.Scope scope = graph.within(step)) {
                step.op().backward(new Backward(this, step));
            }
        }
    }

    Tensor tensor(int value) {
        return graph.tensor(value);
    }

    boolean wants(int value) {
        return wanted.get(value);
    }

    void add(int value, Tensor gradient) {
        Shape shape = tensor(value).shape();
        graph.require(
                shape.sameAs(gradient.shape()),
                () -> "the gradient of a tensor %s cannot be %s".formatted(shape, gradient.shape()));
        gathered.computeIfAbsent(value, key -> new Gathered()).wholes.add(gradient);
    }

    void addPiece(int value, Backward.Cut cut, int piece, Tensor gradient) {
        if (!wants(value)) {
            return;
        }
        int count = cut.sizes().isEmpty()
                ? tensor(value).shape().size(0)
                : cut.sizes().size();
        Tensor[] pieces = gathered.computeIfAbsent(value, key -> new Gathered())
                .pieces
                .computeIfAbsent(cut, key -> new Tensor[count]);
        pieces[piece] = pieces[piece] == null ? gradient : pieces[piece].plus(gradient);
    }

    /** The whole gradient of a tensor; nobody adds to it afterwards. */
    Tensor gradient(Tensor tensor) {
        return complete.computeIfAbsent(tensor.id(), value -> sum(tensor));
    }

    private Tensor sum(Tensor tensor) {
        Gathered all = gathered.get(tensor.id());
        if (all == null) {
            return tensor.filled(0);
        }
        List<Tensor> parts = new ArrayList<>(all.wholes);
        all.pieces.forEach((cut, pieces) -> parts.add(join(tensor, cut, pieces)));
        return parts.stream().reduce(Tensor::plus).orElseThrow();
    }

    private Tensor join(Tensor whole, Backward.Cut cut, Tensor[] pieces) {
        boolean intoEntries = cut.sizes().isEmpty();
        Shape.Axis axis = whole.shape().axis(cut.axis());
        for (int i = 0; i < pieces.length; i++) {
            if (pieces[i] == null) {
                List<Tensor> all = intoEntries ? whole.unbind() : whole.split(cut.axis(), axes(axis, cut.sizes()));
                pieces[i] = all.get(i).filled(0);
            }
        }
        List<Tensor> parts = Arrays.asList(pieces);
        return intoEntries ? graph.stack(axis.name(), parts) : graph.concat(cut.axis(), parts);
    }

    private static Shape.Axis[] axes(Shape.Axis whole, List<Integer> sizes) {
        return sizes.stream().map(size -> Shape.Axis.of(whole.name(), size)).toArray(Shape.Axis[]::new);
    }
}

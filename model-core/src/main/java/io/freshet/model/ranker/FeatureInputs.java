package io.freshet.model.ranker;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From rows and numbers to what each group's token is made of.
 *
 * <p>Inputs, for each table t that some feature reads: rows.t [U, width], indices.t [I], offsets.t [F * B + 1],
 * weights.t [I]; and numbers [B, N] if the pipeline has any.
 */
final class FeatureInputs {
    private final Graph graph;
    private final FeatureLayout layout;
    private final List<Tensor> bags = new ArrayList<>(); // [F, B, width] per table; null for one that no feature reads.
    private final Tensor numbers; // [B, N], or null when there are none.

    FeatureInputs(Graph graph, FeatureLayout layout) {
        this.graph = graph;
        this.layout = layout;
        for (FeatureLayout.Table table : layout.tables()) {
            bags.add(table.slots().isEmpty() ? null : bags(table));
        }
        int n = layout.numbers().size();
        numbers = n == 0 ? null : graph.input("numbers", Shape.BATCH, Axis.of("N", n));
    }

    private Tensor bags(FeatureLayout.Table table) {
        Axis features = Axis.of("F", table.slots().size());
        return graph.embeddingBag(table.name(), features, Axis.of("width", table.width()));
    }

    /** The features of every group side by side, [B, width of the group]: embeddings first, then numbers. */
    List<Tensor> groups() {
        return layout.groups().stream().map(this::group).toList();
    }

    private Tensor group(FeatureLayout.Group group) {
        try (Graph.Scope scope = graph.scope("group." + group.name())) {
            List<Tensor> parts = new ArrayList<>();
            for (FeatureLayout.Slot slot : group.slots()) {
                int dimension = layout.tables().get(slot.table()).dimension();
                parts.add(bags.get(slot.table())
                        .select(0, slot.indexInTable()) // [B, width]
                        .narrow(1, 0, Axis.of(slot.feature(), dimension))); // [B, dimension]
            }
            for (int number : group.numbers()) {
                parts.add(numbers.narrow(1, number, Axis.of(layout.numbers().get(number), 1))); // [B, 1]
            }
            return graph.concat(1, parts);
        }
    }

    /** The biases of all rows of an example, pooled as the rows are, and summed: [B, 1]. Empty without tables. */
    Optional<Tensor> wide() {
        try (Graph.Scope scope = graph.scope("wide")) {
            return layout.tables().stream()
                    .filter(table -> !table.slots().isEmpty())
                    .map(table -> bags.get(table.index())
                            .narrow(2, table.dimension(), Axis.of("bias", 1)) // [F, B, 1]
                            .sum(0)) // [B, 1]
                    .reduce(Tensor::plus);
        }
    }
}

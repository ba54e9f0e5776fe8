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
    private final Tensor[] embeddings; // Of each feature that has a table, [B, dimension].
    private final List<Tensor> biases = new ArrayList<>(); // Of each table whose rows have one, [F, B, 1].
    private final List<Tensor> numbers; // Of each number, [B, 1].

    FeatureInputs(Graph graph, FeatureLayout layout) {
        this.graph = graph;
        this.layout = layout;
        embeddings = new Tensor[layout.slots().size()];
        layout.tables().stream().filter(table -> !table.slots().isEmpty()).forEach(this::read);
        Axis[] each = layout.numbers().stream().map(name -> Axis.of(name, 1)).toArray(Axis[]::new);
        numbers = each.length == 0
                ? List.of()
                : graph.input("numbers", Shape.BATCH, Axis.of("N", each.length)).split(1, each);
    }

    private void read(FeatureLayout.Table table) {
        Axis features = Axis.of("F", table.slots().size());
        Axis dimension = Axis.of("dimension", table.dimension());
        Tensor bags = graph.embeddingBag(table.name(), features, Axis.of("width", table.width())); // [F, B, width]
        Tensor pooled = bags;
        if (table.width() > table.dimension()) {
            List<Tensor> parts = bags.split(2, dimension, Axis.of("bias", 1));
            pooled = parts.get(0); // [F, B, dimension]
            biases.add(parts.get(1));
        }
        List<Tensor> perFeature = pooled.unbind();
        for (FeatureLayout.Slot slot : table.slots()) {
            embeddings[slot.index()] = perFeature.get(slot.indexInTable());
        }
    }

    /** The pooled rows of a feature, [B, dimension]. */
    Tensor embedding(FeatureLayout.Slot slot) {
        return embeddings[slot.index()];
    }

    /** A number, [B, 1], by its place in {@link FeatureLayout#numbers()}. */
    Tensor number(int index) {
        return numbers.get(index);
    }

    /** The features of every group side by side, [B, width of the group]: embeddings first, then numbers. */
    List<Tensor> groups() {
        return layout.groups().stream().map(this::group).toList();
    }

    private Tensor group(FeatureLayout.Group group) {
        List<Tensor> parts = new ArrayList<>();
        group.slots().forEach(slot -> parts.add(embeddings[slot.index()]));
        group.numbers().forEach(number -> parts.add(numbers.get(number)));
        return graph.concat(1, parts);
    }

    /** The biases of all rows of an example, pooled as the rows are, and summed: [B, 1]. Empty if rows have none. */
    Optional<Tensor> wide() {
        return biases.stream().map(ofTable -> ofTable.sum(0)).reduce(Tensor::plus);
    }
}

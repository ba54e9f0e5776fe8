package io.freshet.model.layer;

import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Nets as {@link Mlp} is one, side by side: each has its own input and weights. What they see first is of different
 * widths; from there on they are alike, and every layer is one batch of products.
 *
 * <pre>
 *   in   x_i  [B, in_i], one per net
 *   out  y    [N, B, out]
 *   w1, b1, w2, .. of each net, as {@link Mlp} has them
 * </pre>
 */
final class Mlps {
    private final String together;
    private final String axis;
    private final int layers;
    private final Axis hidden;
    private final Axis out;

    /**
     * Nets of so many linear maps.
     *
     * @param together what descriptions and faults call the layers that all have in common
     * @param axis name of the axis N
     */
    Mlps(String together, String axis, int layers, Axis hidden, Axis out) {
        this.together = together;
        this.axis = axis;
        this.layers = layers;
        this.hidden = hidden;
        this.out = out;
    }

    /** The weights of one layer of one net. */
    private record Map(Tensor w, Tensor b) {}

    /**
     * The results [N, B, out], in the order of the inputs.
     *
     * @param names prefix of each net's weights
     */
    Tensor apply(Graph graph, List<String> names, List<Tensor> inputs) {
        List<List<Map>> nets = new ArrayList<>();
        List<Tensor> first = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            try (Graph.Scope scope = graph.scope(names.get(i))) {
                List<Map> maps = weights(graph, inputs.get(i));
                first.add(inputs.get(i).linear(maps.get(0).w(), maps.get(0).b()));
                nets.add(maps);
            }
        }
        try (Graph.Scope scope = graph.scope(together)) {
            return rest(graph, nets, graph.stack(axis, first));
        }
    }

    /** All layers but the first, of y [N, B, hidden]. */
    private Tensor rest(Graph graph, List<List<Map>> nets, Tensor y) {
        Tensor found = y;
        for (int layer = 1; layer < layers; layer++) {
            int at = layer;
            Tensor w =
                    graph.stack(axis, nets.stream().map(net -> net.get(at).w()).toList()); // [N, hidden, out]
            Tensor b =
                    graph.stack(axis, nets.stream().map(net -> net.get(at).b()).toList()); // [N, out]
            found = found.silu().linear(w, b);
        }
        return found;
    }

    private List<Map> weights(Graph graph, Tensor x) {
        List<Map> maps = new ArrayList<>();
        Axis from = x.shape().axis(1);
        for (int layer = 1; layer <= layers; layer++) {
            Axis to = layer < layers ? hidden : out;
            maps.add(new Map(graph.matrix("w" + layer, 1, from, to), graph.vector("b" + layer, 0, to)));
            from = to;
        }
        return maps;
    }
}

package io.freshet.model.layer;

import io.freshet.contracts.pipeline.TokensConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the tokens of an example, one of each group of features: {@code token = MLP_group(all features of the group side
 * by side)}; and the global one, if there is one, before them. TokenMixer-Large, section on tokenization. Activation and
 * depth are not published; both repositories that were found use two layers of width D.
 *
 * <pre>
 *   in   groups  [B, width of group i], one per group
 *   out  tokens  [T, B, D]
 * </pre>
 *
 * <p>All tokens are made at once, see {@link Mlps}; weights {@code group.NAME.*}, and {@code global.*} where the global
 * token is made of all features.
 */
public final class Tokenizer {
    private final TokensConfig config;
    private final List<String> names;
    private final Axis width;

    /** A tokenizer of groups of these names into tokens of width D. */
    public Tokenizer(TokensConfig config, List<String> names, Axis width) {
        this.config = config;
        this.names = names;
        this.width = width;
    }

    /** The tokens [T, B, D]. */
    public Tensor apply(Graph graph, List<Tensor> groups) {
        List<String> nets =
                new ArrayList<>(names.stream().map(name -> "group." + name).toList());
        List<Tensor> inputs = new ArrayList<>(groups);
        if (config.global() == TokensConfig.Global.FEATURES) {
            nets.add(0, GlobalToken.NAME);
            inputs.add(0, graph.concat(1, groups));
        }
        Axis hidden = Axis.of("hidden", width.size());
        Tensor tokens = new Mlps("tokens", "T", config.layers(), hidden, width).apply(graph, nets, inputs);
        return switch (config.global()) {
            case NONE, FEATURES -> tokens;
            case TOKENS -> with(graph, new GlobalToken(width, config.layers()).apply(graph, tokens.unbind()), tokens);
            case LEARNED ->
                with(graph, new LearnedToken(width).apply(graph, tokens.unbind().get(0)), tokens);
        };
    }

    private static Tensor with(Graph graph, Tensor global, Tensor tokens) {
        List<Tensor> all = new ArrayList<>(tokens.unbind());
        all.add(0, global);
        return graph.stack("T", all);
    }
}

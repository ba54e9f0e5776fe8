package io.freshet.model.layer;

import io.freshet.contracts.pipeline.TokensConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the tokens of an example: the global one, if there is one, then one per group of features.
 *
 * <pre>
 *   in   groups  [B, width of group i], one per group
 *   out  tokens  [T, B, D]
 * </pre>
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
        List<Tensor> tokens = new ArrayList<>();
        if (config.global() == TokensConfig.Global.FEATURES) {
            tokens.add(new GlobalToken(width, config.layers()).apply(graph, groups));
        }
        for (int g = 0; g < groups.size(); g++) {
            tokens.add(new GroupTokenizer(names.get(g), width, config.layers()).apply(graph, groups.get(g)));
        }
        if (config.global() == TokensConfig.Global.TOKENS) {
            tokens.add(0, new GlobalToken(width, config.layers()).apply(graph, tokens));
        } else if (config.global() == TokensConfig.Global.LEARNED) {
            tokens.add(0, new LearnedToken(width).apply(graph, tokens.get(0)));
        }
        return graph.stack("T", tokens);
    }
}

package io.freshet.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.model.layer.CrossLayer;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.LayerNorm;
import io.freshet.model.layer.PerTokenFfn;
import io.freshet.model.layer.RankMixerBlock;
import io.freshet.model.layer.ReluExperts;
import io.freshet.model.layer.ReluRouter;
import io.freshet.model.layer.SemanticTokens;
import io.freshet.model.layer.TokenMixing;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The layers of RankMixer, DCN V2 and DLRM-MLP, as their golden cases have them. */
final class OtherLayers {
    static final String[] CASES = {
        "layer_norm", "per_token_ffn", "semantic_tokens", "relu_experts", "rank_mixer_block", "cross", "hidden_layers"
    };

    private OtherLayers() {}

    /** Tokens first, where there are tokens. */
    static Tensor of(Golden golden, Graph graph, List<Tensor> inputs) {
        JsonNode config = golden.at("config");
        Tensor x = inputs.get(inputs.size() - 1);
        return switch (golden.at("case").asText()) {
            case "layer_norm" -> new LayerNorm("norm").apply(graph, LayerGoldenTest.tokenFirst(x));
            case "per_token_ffn" ->
                new PerTokenFfn("ffn", config.get("expansion").asInt(), InitConfig.DEFAULTS)
                        .apply(graph, LayerGoldenTest.tokenFirst(x));
            case "semantic_tokens" -> new SemanticTokens(axis(config, "tokens"), axis(config, "width")).apply(graph, x);
            case "relu_experts" -> experts(graph, config, LayerGoldenTest.tokenFirst(x));
            case "rank_mixer_block" -> block(graph, config, LayerGoldenTest.tokenFirst(x));
            case "cross" -> {
                try (Graph.Scope scope = graph.scope("cross.0")) {
                    yield new CrossLayer(config.get("rank").asInt()).apply(graph, inputs.get(0), x);
                }
            }
            case "hidden_layers" -> {
                List<Integer> widths = new ArrayList<>();
                config.get("hidden").forEach(width -> widths.add(width.asInt()));
                yield new HiddenLayers(widths).apply(graph, x);
            }
            default -> throw new AssertionError("No such case: " + golden);
        };
    }

    private static Tensor experts(Graph graph, JsonNode config, Tensor x) {
        int expansion = config.get("hidden").asInt() / x.shape().size(2);
        try (Graph.Scope scope = graph.scope("experts")) {
            Tensor gates = new ReluRouter("router", axis(config, "experts")).apply(graph, x);
            return new ReluExperts(expansion).apply(graph, x, gates);
        }
    }

    private static Tensor block(Graph graph, JsonNode config, Tensor x) {
        TokenMixing mixing = new TokenMixing(axis(config, "tokens"), axis(config, "tokens"), axis(config, "width"));
        try (Graph.Scope scope = graph.scope("block.0")) {
            return new RankMixerBlock(mixing, config.get("expansion").asInt()).apply(graph, x);
        }
    }

    private static Axis axis(JsonNode config, String name) {
        return Axis.of(name, config.get(name).asInt());
    }
}

package io.freshet.model.golden;

import static io.freshet.model.golden.Close.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TokensConfig;
import io.freshet.model.layer.PerTokenSwiGlu;
import io.freshet.model.layer.RmsNorm;
import io.freshet.model.layer.RouterLosses;
import io.freshet.model.layer.TokenMixerBlock;
import io.freshet.model.layer.TokenMixing;
import io.freshet.model.layer.Tokenizer;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Program;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import io.freshet.model.script.ScriptRun;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each layer alone against an independent implementation: output and every gradient, in float64 and by the script. */
class LayerGoldenTest {
    private static final double TOLERANCE = 1e-10;
    private static final double FLOAT_TOLERANCE = 1e-5;

    static List<Golden> layers() {
        return Stream.concat(
                        Golden.ofCase("mix", "revert", "rms_norm", "per_token_swiglu", "tokenizer", "block").stream(),
                        Golden.ofCase(OtherLayers.CASES).stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theOracleComputesTheGoldenOutputAndGradients(Golden golden) {
        Program program = program(golden, "");
        Golden.Values outputGradient = golden.values("output_gradient");
        try (OracleRun run = new OracleRun()) {
            Golden.all(golden.at("inputs")).forEach((name, value) -> run.input(name, value.data(), value.shape()));
            run.input("output_gradient", outputGradient.data(), outputGradient.shape());
            run.weights(Golden.all(golden.at("weights")));
            run.run(program);
            assertClose("output", run.logits(), golden.values("output").data(), TOLERANCE);
            Golden.all(golden.at("gradients", "inputs"))
                    .forEach((name, value) -> assertClose(name, run.inputGradient(name), value.data(), TOLERANCE));
            Golden.all(golden.at("gradients", "weights"))
                    .forEach((name, value) -> assertClose(name, run.weightGradient(name), value.data(), TOLERANCE));
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theScriptComputesTheGoldenOutputAndGradients(Golden golden) {
        Program program = program(golden, "rows.");
        Golden.Values outputGradient = golden.values("output_gradient");
        try (ScriptRun run = new ScriptRun()) {
            Golden.all(golden.at("inputs"))
                    .forEach((name, value) -> run.value("rows." + name, value.data(), value.shape()));
            Golden.all(golden.at("weights")).forEach((name, value) -> run.value(name, value.data(), value.shape()));
            run.value("output_gradient", outputGradient.data(), outputGradient.shape());
            run.run(program);
            assertClose("output", run.logits(), golden.values("output").data(), FLOAT_TOLERANCE);
            Golden.all(golden.at("gradients", "inputs"))
                    .forEach((name, value) ->
                            assertClose(name, run.gradient("rows." + name), value.data(), FLOAT_TOLERANCE));
            Golden.all(golden.at("gradients", "weights"))
                    .forEach((name, value) -> assertClose(name, run.gradient(name), value.data(), FLOAT_TOLERANCE));
        }
    }

    /** The layer of a file, its inputs under their names with a prefix; its loss has the golden output gradient. */
    private static Program program(Golden golden, String prefix) {
        Graph graph = new Graph();
        List<Tensor> inputs = new ArrayList<>();
        Golden.all(golden.at("inputs"))
                .forEach((name, value) -> inputs.add(graph.input(prefix + name, axes(name, value.shape()))));
        Tensor output = batchFirst(layer(golden, graph, inputs));
        Axis[] outputAxes = output.shape().axes().toArray(Axis[]::new);
        Tensor loss = output.times(graph.input("output_gradient", outputAxes));
        for (int axis = output.shape().rank(); axis > 0; axis--) {
            loss = loss.sum(0);
        }
        return graph.build(new Program.Outputs(output, loss));
    }

    private static Tensor layer(Golden golden, Graph graph, List<Tensor> inputs) {
        JsonNode config = golden.at("config");
        Tensor x = inputs.get(0);
        return switch (golden.at("case").asText()) {
            case "mix" -> mixing(config).mix(tokenFirst(x));
            case "revert" -> mixing(config).revert(tokenFirst(x));
            case "rms_norm" -> new RmsNorm("norm").apply(graph, tokenFirst(x));
            case "per_token_swiglu" -> swiGlu(graph, config, x);
            case "block" -> {
                try (Graph.Scope scope = graph.scope("block.0")) {
                    RankerConfig ranker = GoldenConfig.tokenMixerLarge(config);
                    yield new TokenMixerBlock(ranker, mixing(config), new RouterLosses(ranker.moe()))
                            .apply(graph, tokenFirst(x));
                }
            }
            case "tokenizer" -> tokens(graph, config, inputs);
            default -> OtherLayers.of(golden, graph, inputs);
        };
    }

    private static Tensor swiGlu(Graph graph, JsonNode config, Tensor x) {
        // The golden weights have no prefix.
        int expansion = config.get("expansion").asInt();
        return new PerTokenSwiGlu("", expansion, InitConfig.DEFAULTS).apply(graph, tokenFirst(x));
    }

    private static Tensor tokens(Graph graph, JsonNode config, List<Tensor> inputs) {
        Axis width = Axis.of("D", config.get("width").asInt());
        List<String> groups = new ArrayList<>();
        config.get("group_widths").fieldNames().forEachRemaining(groups::add);
        return new Tokenizer(TokensConfig.DEFAULTS, groups, width).apply(graph, inputs);
    }

    static TokenMixing mixing(JsonNode config) {
        return new TokenMixing(
                Axis.of("T", config.get("tokens").asInt()),
                Axis.of("H", config.get("heads").asInt()),
                Axis.of("D", config.get("width").asInt()));
    }

    private static Axis[] axes(String name, long[] shape) {
        Axis[] axes = new Axis[shape.length];
        axes[0] = Shape.BATCH;
        for (int i = 1; i < shape.length; i++) {
            axes[i] = Axis.of(name + i, (int) shape[i]);
        }
        return axes;
    }

    /** The files have examples first; the layers have tokens first. */
    static Tensor tokenFirst(Tensor x) {
        return x.transpose(1, 0, 2);
    }

    private static Tensor batchFirst(Tensor x) {
        return x.shape().rank() == 2 ? x : x.transpose(1, 0, 2);
    }
}

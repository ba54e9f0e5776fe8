package io.freshet.model.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.FeatureConfig.Slot;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.Pipelines;
import io.freshet.model.ranker.ModelPlan;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every number is worked out by hand. */
class DescriptionTest {
    private static final int TOKENS = 4; // Three groups and the global token.
    private static final int WIDTH = 8;
    private static final int EXPANSION = 3;

    private final RankerConfig ranker = RankerConfig.DEFAULTS
            .change()
            .width(WIDTH)
            .layers(2)
            .heads(TOKENS)
            .expansion(EXPANSION)
            .block(BlockConfig.DEFAULTS)
            .wide(true)
            .build();

    private final Description description = describe(ranker);

    private final Map<String, Description.Layer> layers = layers(description);

    private static Description describe(RankerConfig ranker) {
        return Description.of(ModelPlan.of(Pipelines.of(
                        Pipelines.movies().tables(),
                        List.of(
                                Pipelines.feature("user", Slot.ID, "user", "user"),
                                Pipelines.feature("item", Slot.ID, "item", "item"),
                                Pipelines.number("age", "age")),
                        List.of("like"),
                        ranker))
                .program());
    }

    private static Map<String, Description.Layer> layers(Description description) {
        return description.layers().stream().collect(Collectors.toMap(Description.Layer::name, Function.identity()));
    }

    @Test
    void aBlockWithAsManyHeadsAsTokensHasSixTimesExpansionTimesTokensTimesWidthSquaredWeightsInItsNets() {
        long ofHalf = 3L * EXPANSION * TOKENS * WIDTH * WIDTH;
        assertThat(layers.get("block.0.mix_ffn").weights()).isEqualTo(ofHalf);
        assertThat(layers.get("block.0.token_ffn").weights()).isEqualTo(ofHalf);
        assertThat(layers.get("block.1").weights()).isEqualTo(2 * WIDTH);
    }

    @Test
    void anExampleMeetsEachWeightOfItsNetsOnceAndTrainingCostsThriceAsMuch() {
        long forward = 2 * 3L * EXPANSION * TOKENS * WIDTH * WIDTH; // A multiplication and an addition per weight.
        assertThat(layers.get("block.1.token_ffn").flops()).isEqualTo(new Flops(forward, 3 * forward));
        assertThat(layers.get("final_norm").flops()).isEqualTo(Flops.NONE);
    }

    @Test
    void ofAMixtureOfExpertsOnlyTheActiveOnesCount() {
        RankerConfig sparse = ranker.change().moe(MoeConfig.of(8, 4)).build();
        Description.Layer net = layers(describe(sparse)).get("block.1.mix_ffn");
        long experts = 3L * EXPANSION * TOKENS * WIDTH * WIDTH;
        long routers = 7L * TOKENS * WIDTH;
        assertThat(net.weights()).isEqualTo(experts + routers);
        long forward = 2 * (experts / 2 + routers);
        assertThat(net.flops()).isEqualTo(new Flops(forward, 3 * forward));
    }

    @Test
    void aNetThatAllPositionsShareIsMetByEachOfThem() {
        RankerConfig shared = ranker.change()
                .block(ranker.block().with(BlockConfig.Ffn.SHARED_SWIGLU))
                .build();
        Description.Layer net = layers(describe(shared)).get("block.0.mix_ffn");
        assertThat(net.weights()).isEqualTo(3L * EXPANSION * WIDTH * WIDTH);
        assertThat(net.flops()).isEqualTo(layers.get("block.0.mix_ffn").flops());
    }

    @Test
    void whatNeedsNoGradientOfItsInputIsNotChargedForIt() {
        // The only feature of the group is a number, which is not learnt.
        long first = 2L * 1 * WIDTH;
        assertThat(layers.get("group.age").flops()).isEqualTo(new Flops(first, 2 * first));
    }

    @Test
    void whatAllTokenizersDoTogetherIsALayerOfItsOwn() {
        long second = 2L * TOKENS * WIDTH * WIDTH;
        assertThat(layers.get("tokens").weights()).isZero(); // They are counted where they belong.
        assertThat(layers.get("tokens").flops()).isEqualTo(new Flops(second, 3 * second));
    }

    @Test
    void theTotalIsTheSumOfAllLayers() {
        long tokenizers = (17 - 1) + (17 - 1) + 1; // Widths of the groups: embeddings without their bias, a number.
        long global = tokenizers;
        long nets = 2 * 6L * EXPANSION * TOKENS * WIDTH * WIDTH;
        long matrices = (tokenizers + global) * WIDTH + 4L * WIDTH * WIDTH + nets + WIDTH * WIDTH + WIDTH;
        assertThat(description.flops().forward()).isEqualTo(2 * matrices);
        long biases = 4L * 2 * WIDTH + WIDTH + 1;
        long gains = (2 * 2 + 1) * WIDTH;
        assertThat(description.weights()).isEqualTo(matrices + biases + gains);
    }

    @Test
    void theTextHasALinePerLayerAndOneOfTotalsInAnyLanguage() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            String text = description.toString();
            assertThat(text.lines()).hasSize(description.layers().size() + 2);
            assertThat(text)
                    .contains("block.0.mix_ffn")
                    .contains("[T=4, B, D=8]")
                    .contains("2,304");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aLayerThatOnlyTrainingNeedsCostsNothingToScore() {
        Graph graph = new Graph();
        Shape.Axis d = Shape.Axis.of("D", 5);
        Tensor x = graph.input("x", Shape.BATCH, d);
        Tensor logits = x.matMul(graph.matrix("top", 1, d, Shape.Axis.of("logit", 1)));
        Tensor lower;
        try (Graph.Scope scope = graph.scope("aux")) {
            lower = x.matMul(graph.matrix("w", 1, d, Shape.Axis.of("logit", 1)));
        }
        Program program = graph.build(
                new Program.Outputs(logits, logits.plus(lower).sum(1).mean(0)));
        Map<String, Flops> flops = Description.of(program).layers().stream()
                .collect(Collectors.toMap(Description.Layer::name, Description.Layer::flops));
        assertThat(flops.get("aux")).isEqualTo(new Flops(0, 20));
        assertThat(flops.get("")).isEqualTo(new Flops(10, 20));
    }
}

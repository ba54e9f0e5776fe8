package io.freshet.model.ranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.FeatureConfig.Slot;
import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.model.Pipelines;
import io.freshet.model.program.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelPlanTest {
    private final ModelPlan movies = ModelPlan.of(Pipelines.movies());

    private static ModelPlan with(RankerConfig ranker) {
        Pipeline pipeline = Pipelines.movies();
        return ModelPlan.of(Pipelines.of(pipeline.tables(), pipeline.features(), List.of("like"), ranker));
    }

    private static RankerConfig ranker(int heads, BlockConfig.Form form, double downInit) {
        return Pipelines.movieRanker()
                .change()
                .heads(heads)
                .block(Pipelines.movieRanker().block().with(form))
                .init(new InitConfig(downInit, InitConfig.Reading.DEVIATION))
                .build();
    }

    @Test
    void laysOutFeaturesGroupsAndTablesInTheOrderOfTheFile() {
        FeatureLayout layout = movies.features();
        assertThat(layout.groups()).extracting(FeatureLayout.Group::name).containsExactly("user", "item", "history");
        assertThat(layout.slots())
                .extracting(FeatureLayout.Slot::feature)
                .containsExactly("user", "item", "genres", "recent");
        assertThat(layout.tables().get(1).slots())
                .extracting(FeatureLayout.Slot::feature)
                .containsExactly("item", "recent");
        assertThat(layout.tables()).extracting(FeatureLayout.Table::width).containsOnly(17);
        assertThat(layout.groups().get(1).numbers()).containsExactly(0);
    }

    @Test
    void itsParametersFillTheDenseVectorWithThePriorsLast() {
        int next = 0;
        for (Parameter parameter : movies.parameters()) {
            assertThat(parameter.offset()).as(parameter.name()).isEqualTo(next);
            next += parameter.size();
        }
        assertThat(next).isEqualTo(movies.denseSize());
        Parameter last = movies.parameters().get(movies.parameters().size() - 1);
        assertThat(last.name()).isEqualTo("prior");
        assertThat(last.offset()).isEqualTo(movies.priorOffset());
    }

    @Test
    void initialWeightsAreTheSameForASeedAndDifferForAnother() {
        assertThat(movies.initialDense(1)).isEqualTo(movies.initialDense(1));
        assertThat(movies.initialDense(1)).isNotEqualTo(movies.initialDense(2));
    }

    @Test
    void initialWeightsKeepTheirBitsFromOneVersionToTheNext() {
        // Should this fail, old pipelines would start from other weights: raise ModelPlan's MEANING if that is meant.
        assertThat(Arrays.hashCode(movies.initialDense(1))).isEqualTo(1_133_060_316);
    }

    @Test
    void xavierCountsEachMatrixByItselfAndDownMatricesStartSmall() {
        float[] dense = movies.initialDense(1);
        Map<String, Parameter> byName = new HashMap<>();
        movies.parameters().forEach(parameter -> byName.put(parameter.name(), parameter));
        // Of 64 x 128 per gate, up and down matrix, however many lie in the tensor.
        double range = Math.sqrt(6.0 / (64 + 128));
        assertThat(largest(dense, byName.get("block.0.mix_ffn.gate_up"))).isCloseTo(range, within(range * 0.001));
        assertThat(largest(dense, byName.get("block.0.mix_ffn.down"))).isCloseTo(range / 100, within(range * 1e-5));
        assertThat(largest(dense, byName.get("block.1.token_norm"))).isEqualTo(1);
        assertThat(largest(dense, byName.get("tower.like.b1"))).isZero();
    }

    @Test
    void theSmallStartOfDownMatricesCanBeReadInThreeWays() {
        double xavier = Math.sqrt(6.0 / (64 + 128));
        assertThat(startOfDown(InitConfig.Reading.DEVIATION)).isCloseTo(0.04 * xavier, within(1e-5));
        // Four hundredths of the variance are two tenths of the deviation.
        assertThat(startOfDown(InitConfig.Reading.VARIANCE)).isCloseTo(0.2 * xavier, within(5e-5));
        // A uniform number reaches as far as root 3 of its deviation.
        assertThat(startOfDown(InitConfig.Reading.ABSOLUTE)).isCloseTo(0.04 * Math.sqrt(3), within(1e-4));
    }

    private static double startOfDown(InitConfig.Reading reading) {
        ModelPlan plan = with(Pipelines.movieRanker()
                .change()
                .init(new InitConfig(0.04, reading))
                .build());
        Parameter down = plan.parameters().stream()
                .filter(parameter -> parameter.name().equals("block.0.token_ffn.down"))
                .findFirst()
                .orElseThrow();
        return largest(plan.initialDense(1), down);
    }

    private static double largest(float[] dense, Parameter parameter) {
        double largest = 0;
        for (int i = 0; i < parameter.size(); i++) {
            largest = Math.max(largest, Math.abs(dense[parameter.offset() + i]));
        }
        return largest;
    }

    @Test
    void theFingerprintTellsModelsApart() {
        Pipeline pipeline = Pipelines.movies();
        List<String> fingerprints = new ArrayList<>();
        fingerprints.add(movies.fingerprint());
        fingerprints.add(with(ranker(8, BlockConfig.Form.TWO_SUBLAYERS, 0.01)).fingerprint());
        fingerprints.add(with(ranker(4, BlockConfig.Form.EQUATIONS, 0.01)).fingerprint());
        fingerprints.add(ModelPlan.of(
                        Pipelines.of(pipeline.tables(), pipeline.features(), List.of("click"), Pipelines.movieRanker()))
                .fingerprint());
        fingerprints.add(ModelPlan.of(Pipelines.of(
                        pipeline.tables(),
                        List.of(Pipelines.feature("user", Slot.ID, "user", "user")),
                        List.of("like"),
                        Pipelines.movieRanker()))
                .fingerprint());
        assertThat(fingerprints).doesNotHaveDuplicates();
        // How weights start does not change what they mean.
        assertThat(with(ranker(4, BlockConfig.Form.TWO_SUBLAYERS, 0.5)).fingerprint())
                .isEqualTo(movies.fingerprint());
    }

    @Test
    void theFingerprintIsTheSameInEveryLanguage() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(ModelPlan.of(Pipelines.movies()).fingerprint()).isEqualTo(movies.fingerprint());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void describesItself() {
        assertThat(movies.describe())
                .contains("of the groups user, item, history, for the tasks like")
                .contains("user [17]")
                .contains("block.1.token_ffn")
                .contains("[T=4, B, D=64]")
                .contains(movies.fingerprint());
    }
}

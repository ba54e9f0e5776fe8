package io.freshet.model.ranker;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.AuxiliaryConfig;
import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.InitConfig;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.RankerConfigBuilder;
import io.freshet.contracts.pipeline.TokensConfig;
import io.freshet.model.Pipelines;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which settings make another model of the same weights, and which do not. */
class RankerMeaningTest {
    private static final BlockConfig BLOCK = BlockConfig.DEFAULTS;

    private static RankerConfigBuilder four() {
        return RankerConfig.DEFAULTS.change().width(16).layers(4);
    }

    private static String fingerprint(RankerConfigBuilder ranker) {
        return ModelPlan.of(Pipelines.of(
                        Pipelines.movies().tables(), Pipelines.movies().features(), List.of("like"), ranker.build()))
                .fingerprint();
    }

    @Test
    void everyReadingAndAblationOfTheBlockIsAModelOfItsOwn() {
        List<String> fingerprints = new ArrayList<>();
        for (BlockConfig.Form form : BlockConfig.Form.values()) {
            for (BlockConfig.Norm norm : BlockConfig.Norm.values()) {
                for (BlockConfig.NormPlace place : BlockConfig.NormPlace.values()) {
                    BlockConfig block = BLOCK.with(form).with(norm, place);
                    fingerprints.add(fingerprint(four().block(block)));
                    fingerprints.add(fingerprint(four().block(block.with(BlockConfig.Ffn.SHARED_SWIGLU))));
                    fingerprints.add(fingerprint(four().block(block.without(true, false))));
                    fingerprints.add(fingerprint(four().block(block.without(false, true))));
                    fingerprints.add(fingerprint(four().block(block.without(true, true))));
                }
            }
        }
        fingerprints.add(fingerprint(four().block(BLOCK.withInterval(0))));
        fingerprints.add(fingerprint(four().block(BLOCK.withInterval(3))));
        assertThat(fingerprints).hasSize(62).doesNotHaveDuplicates();
    }

    @Test
    void tokensReadoutAuxiliaryLogitsAndExpertsMakeAModelOfTheirOwn() {
        List<RankerConfigBuilder> rankers = new ArrayList<>();
        for (TokensConfig.Global global : TokensConfig.Global.values()) {
            rankers.add(four().tokens(new TokensConfig(global, 2)));
            rankers.add(four().tokens(new TokensConfig(global, 3)));
        }
        rankers.add(four().readout(RankerConfig.Readout.GLOBAL_TOKEN));
        rankers.add(four().finalNorm(false));
        for (AuxiliaryConfig.Form form : AuxiliaryConfig.Form.values()) {
            rankers.add(four().auxiliary(new AuxiliaryConfig(0.1, form)));
        }
        rankers.add(four().moe(MoeConfig.of(8, 4)));
        rankers.add(four().moe(MoeConfig.of(8, 3)));
        rankers.add(four().moe(new MoeConfig(8, 4, 1, MoeConfig.Gate.SELECTED, 0, 0)));
        rankers.add(four().moe(new MoeConfig(8, 4, 2, MoeConfig.Gate.FULL, 0, 0)));
        assertThat(rankers.stream().map(RankerMeaningTest::fingerprint)).doesNotHaveDuplicates();
    }

    @Test
    void howWeightsStartAndHowMuchALossWeighsChangesNothing() {
        String usual = fingerprint(four());
        for (InitConfig.Reading reading : InitConfig.Reading.values()) {
            assertThat(fingerprint(four().init(new InitConfig(0.5, reading)))).isEqualTo(usual);
        }
        assertThat(fingerprint(four().auxiliary(new AuxiliaryConfig(0.1, AuxiliaryConfig.Form.OWN_LOGIT))))
                .isEqualTo(fingerprint(four().auxiliary(new AuxiliaryConfig(0.2, AuxiliaryConfig.Form.OWN_LOGIT))));
        assertThat(fingerprint(four().moe(MoeConfig.of(8, 4))))
                .isEqualTo(fingerprint(four().moe(new MoeConfig(8, 4, 2, MoeConfig.Gate.SELECTED, 0.1, 0.1))));
    }
}

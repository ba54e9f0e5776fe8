package io.freshet.store.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.TableConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableSpecTest {
    private static final RowOptimizerConfig ADAGRAD = RowOptimizerConfig.adagrad(0.2, 0.3);

    @Test
    void tablesOfAPipelineComeInTheOrderOfTheFile() {
        Pipeline pipeline = PipelineFile.parse("""
                name: movie-likes
                impressions: {topic: impressions}
                actions: {topic: actions}
                tables:
                  zebra: {dimension: 16, optimizer: {type: adagrad, learning-rate: 0.2, initial-accumulator: 0.3}}
                  ant: {dimension: 8, optimizer: {type: adagrad, learning-rate: 0.2, initial-accumulator: 0.3}, initial: {scale: 0.25}}
                features:
                  - {name: ant, slot: id, table: ant}
                  - {name: zebra, slot: id, table: zebra}
                tasks: [{name: like, window: 1h}]
                ranker: {wide: true}
                training: {seed: 99}
                """, Map.of());
        assertThat(TableSpec.of(pipeline))
                .containsExactly(
                        new TableSpec(TableConfig.of("zebra", 16).with(ADAGRAD), 0, true, 99),
                        new TableSpec(
                                TableConfig.of("ant", 8).with(ADAGRAD).with(InitialConfig.uniform(0.25)), 1, true, 99));
    }

    @Test
    void aWideTableHasOneMoreWeightThanDimensionsAndAdagradOneStateFloatPerWeight() {
        assertThat(new TableSpec(TableConfig.of("item", 16), 0, true, 0).layout())
                .isEqualTo(new RowLayout(17, 17));
        assertThat(new TableSpec(TableConfig.of("item", 16), 0, false, 0).layout())
                .isEqualTo(new RowLayout(16, 16));
    }

    @Test
    void aRowWithoutWeightsIsRefused() {
        assertThatThrownBy(() -> new RowLayout(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RowLayout(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}

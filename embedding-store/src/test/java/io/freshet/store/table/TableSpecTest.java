package io.freshet.store.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.TableConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableSpecTest {
    private static final RowOptimizerConfig ADAGRAD = new RowOptimizerConfig(RowOptimizerConfig.Type.ADAGRAD, 0.2, 0.3);

    @Test
    void tablesOfAPipelineComeInTheOrderOfTheFile() {
        Pipeline pipeline = PipelineFile.parse("""
                name: movie-likes
                impressions: {topic: impressions}
                actions: {topic: actions}
                tables:
                  zebra: {dimension: 16, optimizer: {type: adagrad, learning-rate: 0.2, initial-accumulator: 0.3}}
                  ant: {dimension: 8, optimizer: {type: adagrad, learning-rate: 0.2, initial-accumulator: 0.3}, initial-range: 0.25}
                features:
                  - {name: ant, slot: id, table: ant}
                  - {name: zebra, slot: id, table: zebra}
                tasks: [{name: like, window: 1h}]
                ranker: {wide: true}
                training: {seed: 99}
                """, Map.of());
        assertThat(TableSpec.of(pipeline))
                .containsExactly(
                        new TableSpec("zebra", 0, 16, true, ADAGRAD, TableConfig.DEFAULT_INITIAL_RANGE, 99),
                        new TableSpec("ant", 1, 8, true, ADAGRAD, 0.25, 99));
    }

    @Test
    void aWideTableHasOneMoreWeightThanDimensionsAndAdagradOneStateFloatPerWeight() {
        assertThat(new TableSpec("item", 0, 16, true, ADAGRAD, 0, 0).layout()).isEqualTo(new RowLayout(17, 17));
        assertThat(new TableSpec("item", 0, 16, false, ADAGRAD, 0, 0).layout()).isEqualTo(new RowLayout(16, 16));
    }

    @Test
    void aRowWithoutWeightsIsRefused() {
        assertThatThrownBy(() -> new RowLayout(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RowLayout(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}

package io.freshet.flink.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.contracts.state.proto.ModelStamp;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RestoreRuleTest {
    private static final Pipeline BEFORE = pipeline("likes", "{dimension: 8}", "{width: 16}", "");

    private static Pipeline pipeline(String name, String item, String ranker, String more) {
        return PipelineFile.parse("""
                name: %s
                tables: {item: %s}
                features: [{name: item, slot: id, table: item}]
                tasks: [{name: like, window: 1h}]
                ranker: %s
                %s
                """.formatted(name, item, ranker, more), Map.of());
    }

    private static void check(Pipeline after) {
        RestoreRule.check(ModelStamps.of(BEFORE), ModelStamps.of(after), after);
    }

    private static boolean goesOn(Pipeline after) {
        check(after);
        return RestoreRule.isSameLineage(ModelStamps.of(BEFORE), ModelStamps.of(after));
    }

    @Test
    void whatDoesNotShapeStateMayChange() {
        assertThat(goesOn(pipeline(
                        "likes",
                        "{dimension: 8, expire-after: 3d}",
                        "{width: 16}",
                        "training: {batch-size: 64}\npublish: {precision: int8}")))
                .isTrue();
    }

    @Test
    void rowsMustBeAllowedToChangeBeforeAnythingElseIsLookedAt() {
        assertThatThrownBy(() -> check(pipeline("likes", "{dimension: 9}", "{width: 16}", "")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Table 'item': stored rows have 8 floats of embedding, a bias and ADAGRAD state,"
                        + " but a row of this table has 9 floats")
                .hasMessageContaining("Add widen to tables.item.migrate");
    }

    @Test
    void aBiasIsPartOfARowAndOfTheModel() {
        String narrow = "{dimension: 8, migrate: [narrow]}";
        assertThatThrownBy(() -> check(pipeline("likes", "{dimension: 8}", "{width: 16, wide: false}", "")))
                .hasMessageContaining("Add narrow");
        assertThatThrownBy(() -> check(pipeline("likes", narrow, "{width: 16, wide: false}", "")))
                .hasMessageContaining("restore.model-changed");
    }

    @Test
    void anotherModelIsRefusedUnlessItMayStartOverAndThenBeginsALineage() {
        assertThatThrownBy(() -> check(pipeline("likes", "{dimension: 8}", "{width: 32}", "")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("set restore.model-changed to start-over");
        assertThat(goesOn(pipeline("likes", "{dimension: 8}", "{width: 32}", "restore: {model-changed: start-over}")))
                .isFalse();
    }

    @Test
    void whoStartsOverMayHaveAnotherOptimizerAndWhoGoesOnMayNot() {
        String sgd = "training: {optimizer: {type: sgd}}";
        assertThatThrownBy(() -> check(pipeline("likes", "{dimension: 8}", "{width: 16}", sgd)))
                .hasMessageContaining("training.optimizer.when-changed");
        String startOver = sgd + "\nrestore: {model-changed: start-over}";
        assertThatCode(() -> check(pipeline("likes", "{dimension: 8}", "{width: 32}", startOver)))
                .doesNotThrowAnyException();
    }

    @Test
    void anotherNameOrLabelBeginsALineageOfTheSameModel() {
        assertThat(goesOn(pipeline("likes-2", "{dimension: 8}", "{width: 16}", "")))
                .isFalse();
        assertThat(goesOn(pipeline("likes", "{dimension: 8}", "{width: 16}", "restore: {lineage: again}")))
                .isFalse();
    }

    @Test
    void aTableThatIsNewHasNoRowsToFit() {
        Pipeline after = PipelineFile.parse("""
                name: likes
                tables: {item: {dimension: 8}, user: {dimension: 4}}
                features: [{name: item, slot: id, table: item}, {name: user, slot: id, table: user}]
                tasks: [{name: like, window: 1h}]
                ranker: {width: 16}
                restore: {model-changed: start-over}
                """, Map.of());
        assertThat(goesOn(after)).isFalse();
    }

    @Test
    void aStampSurvivesItsBytes() throws Exception {
        ModelStamp stamp = ModelStamps.of(BEFORE);
        assertThat(ModelStamp.parseFrom(stamp.toByteArray())).isEqualTo(stamp);
        assertThat(stamp.getTables(0).getName()).isEqualTo("item");
    }
}

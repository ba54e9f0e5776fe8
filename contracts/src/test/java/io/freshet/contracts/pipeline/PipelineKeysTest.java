package io.freshet.contracts.pipeline;

import static io.freshet.contracts.pipeline.TaskConfig.Loss.SQUARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.WhenChanged;
import io.freshet.contracts.pipeline.EventTopic.Format;
import io.freshet.contracts.pipeline.FeatureConfig.Pooling;
import io.freshet.contracts.pipeline.FeatureConfig.Slot;
import io.freshet.contracts.pipeline.FeatureConfig.Transform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each key sets, and what holds when it is absent. */
class PipelineKeysTest {
    private static final String SMALLEST = """
            name: small
            tables: {item: {dimension: 4}}
            features: [{name: item, slot: id, table: item}]
            tasks: [{name: like, window: 1h}]
            """;

    @Test
    void whatTheFileDoesNotSayHasADefault() {
        Pipeline pipeline = PipelineFile.parse(SMALLEST, Map.of());
        assertThat(pipeline)
                .isEqualTo(new Pipeline(
                        "small",
                        EventTopic.DEFAULT_IMPRESSIONS,
                        EventTopic.DEFAULT_ACTIONS,
                        Map.of("item", TableConfig.of("item", 4)),
                        List.of(new FeatureConfig("item", Slot.ID, "item", "item", Pooling.MEAN, 1, Transform.NONE)),
                        List.of(TaskConfig.binary("like", "like", Duration.ofHours(1))),
                        JoinConfig.DEFAULTS,
                        RankerConfig.DEFAULTS,
                        TrainingConfig.DEFAULTS,
                        PublishConfig.DEFAULTS,
                        RestoreConfig.DEFAULTS,
                        KafkaConfig.DEFAULTS));
    }

    @Test
    void topicsCanBeSet() {
        Pipeline pipeline =
                with("impressions: {topic: shown, format: protobuf}\nactions: {topic: done, format: protobuf}");
        assertThat(pipeline.impressions()).isEqualTo(new EventTopic("shown", Format.PROTOBUF));
        assertThat(pipeline.actions()).isEqualTo(new EventTopic("done", Format.PROTOBUF));
    }

    @Test
    void everyKeyOfATableCanBeSet() {
        Pipeline pipeline = PipelineFile.parse(
                SMALLEST.replace(
                        "dimension: 4",
                        "dimension: 5, optimizer: {type: adagrad, learning-rate: 0.7, initial-accumulator: 0.8},"
                                + " initial: {type: normal, scale: 0.9}, migrate: [narrow, reset-optimizer], memory: 6gb,"
                                + " expire-after: 3d, admit-after: 4,"
                                + " expiry: {min-rows: 2000, max-rows: 3000, dry-run: true}, admission: {counting:"
                                + " sketch, memory: 3mb, decay: 7d, before: zeros}"),
                Map.of());
        assertThat(pipeline.tables().get("item"))
                .isEqualTo(new TableConfig(
                        "item",
                        5,
                        RowOptimizerConfig.adagrad(0.7, 0.8),
                        new InitialConfig(InitialConfig.Type.NORMAL, 0.9),
                        Set.of(Migration.RESET_OPTIMIZER, Migration.NARROW),
                        6L << 30,
                        Duration.ofDays(3),
                        4,
                        new ExpiryConfig(2_000, 3_000, true),
                        new AdmissionConfig(
                                AdmissionConfig.Counting.SKETCH,
                                3 << 20,
                                Duration.ofDays(7),
                                AdmissionConfig.Before.ZEROS)));
    }

    @ParameterizedTest
    @MethodSource("rowOptimizers")
    void everyKeyOfARowOptimizerCanBeSetAndHasADefault(String yaml, RowOptimizerConfig expected) {
        Pipeline pipeline = PipelineFile.parse(
                SMALLEST.replace("dimension: 4", "dimension: 4, optimizer: {" + yaml + "}"), Map.of());
        assertThat(pipeline.tables().get("item").optimizer()).isEqualTo(expected);
    }

    static Stream<Arguments> rowOptimizers() {
        var sgd = RowOptimizerConfig.Type.SGD;
        var adagrad = RowOptimizerConfig.Type.ADAGRAD;
        var rowwise = RowOptimizerConfig.Type.ROWWISE_ADAGRAD;
        var adam = RowOptimizerConfig.Type.ADAM;
        var ftrl = RowOptimizerConfig.Type.FTRL;
        return Stream.of(
                arguments("type: sgd", new RowOptimizerConfig(sgd, 0.01, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                arguments("type: adagrad", new RowOptimizerConfig(adagrad, 0.1, 0.01, 1e-10, 0, 0, 0, 0, 0, 0, 0)),
                arguments(
                        "type: rowwise-adagrad",
                        new RowOptimizerConfig(rowwise, 0.1, 0.01, 1e-10, 0, 0, 0, 0, 0, 0, 0)),
                arguments("type: adam", new RowOptimizerConfig(adam, 0.001, 0, 1e-8, 0, 0, 0.9, 0.999, 0, 0, 0)),
                arguments("type: ftrl", new RowOptimizerConfig(ftrl, 0.1, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
                arguments(
                        "type: adagrad, epsilon: 1e-3, weight-decay: 0.2, clip-norm: 3",
                        new RowOptimizerConfig(adagrad, 0.1, 0.01, 1e-3, 0.2, 3, 0, 0, 0, 0, 0)),
                arguments(
                        "type: adam, learning-rate: 2, epsilon: 0.1, beta1: 0.3, beta2: 0.4",
                        new RowOptimizerConfig(adam, 2, 0, 0.1, 0, 0, 0.3, 0.4, 0, 0, 0)),
                arguments(
                        "type: ftrl, initial-accumulator: 0.1, l1: 0.2, l2: 0.3, beta: 0.4",
                        new RowOptimizerConfig(ftrl, 0.1, 0.1, 0, 0, 0, 0, 0, 0.2, 0.3, 0.4)));
    }

    @Test
    void everyKeyOfAFeatureCanBeSet() {
        Pipeline pipeline = PipelineFile.parse(
                SMALLEST.replace(
                        "features: [",
                        "features: [{name: past, slot: sequence, table: item, group: g, pooling: sum, length: 7},"
                                + " {name: age, slot: number, group: h, transform: log1p}, "),
                Map.of());
        assertThat(pipeline.features())
                .startsWith(
                        new FeatureConfig("past", Slot.SEQUENCE, "item", "g", Pooling.SUM, 7, Transform.NONE),
                        new FeatureConfig("age", Slot.NUMBER, null, "h", Pooling.MEAN, 1, Transform.LOG1P));
    }

    @Test
    void everyKeyOfATaskCanBeSet() {
        Pipeline pipeline = PipelineFile.parse(
                SMALLEST.replace("{name: like,", "{name: liked, action: thumbs-up,")
                        .replace("1h", "90s"),
                Map.of());
        assertThat(pipeline.tasks()).containsExactly(TaskConfig.binary("liked", "thumbs-up", Duration.ofSeconds(90)));
    }

    @Test
    void everyKeyOfTheJoinCanBeSet() {
        assertThat(with("join: {emission: wait, negative-sample-rate: 0.25, out-of-orderness: 7s, idle-after: 8s,"
                                + " max-ahead: 9h}")
                        .join())
                .isEqualTo(new JoinConfig(
                        JoinConfig.Emission.WAIT,
                        0.25,
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        Duration.ofHours(9)));
    }

    @Test
    void everyKeyOfTheRankerCanBeSet() {
        assertThat(with("ranker: {type: token-mixer-large, width: 48, layers: 3, heads: 6, expansion: 6, wide: false,"
                                + " readout: global-token, final-norm: false, tokens: {global: learned, layers: 3},"
                                + " auxiliary: {weight: 0.125, form: combined-logit},"
                                + " init: {down: 1, reading: absolute},"
                                + " moe: {experts: 8, active: 4, gate-scale: 1.5, gate: full, balance-loss: 0.5,"
                                + " router-z-loss: 0.25}}")
                        .ranker())
                .isEqualTo(RankerConfig.DEFAULTS
                        .change()
                        .width(48)
                        .layers(3)
                        .heads(6)
                        .expansion(6)
                        .wide(false)
                        .readout(RankerConfig.Readout.GLOBAL_TOKEN)
                        .finalNorm(false)
                        .tokens(new TokensConfig(TokensConfig.Global.LEARNED, 3))
                        .auxiliary(new AuxiliaryConfig(0.125, AuxiliaryConfig.Form.COMBINED_LOGIT))
                        .init(new InitConfig(1, InitConfig.Reading.ABSOLUTE))
                        .moe(new MoeConfig(8, 4, 1.5, MoeConfig.Gate.FULL, 0.5, 0.25))
                        .build());
    }

    @Test
    void everyKeyOfABlockCanBeSet() {
        assertThat(with("ranker: {block: {form: equations, norm: layer, norm-place: post, ffn: shared-swiglu,"
                                + " mixing: false, residual: false, interval: 3}}")
                        .ranker()
                        .block())
                .isEqualTo(new BlockConfig(
                        BlockConfig.Form.EQUATIONS,
                        BlockConfig.Norm.LAYER,
                        BlockConfig.NormPlace.POST,
                        BlockConfig.Ffn.SHARED_SWIGLU,
                        false,
                        false,
                        3));
    }

    @Test
    void whatDependsOnAnotherKeyFollowsIt() {
        RankerConfig ranker = with("ranker: {block: {form: equations}, moe: {experts: 8, active: 4}}")
                .ranker();
        assertThat(ranker.block().normPlace()).isEqualTo(BlockConfig.NormPlace.AFTER_MIXING);
        assertThat(ranker.moe()).isEqualTo(MoeConfig.of(8, 4));
        assertThat(ranker.moe().gateScale()).isEqualTo(2);
    }

    @Test
    void everyKeyOfRankMixerCanBeSet() {
        assertThat(with("ranker: {type: rank-mixer, width: 40, layers: 3, heads: 5, expansion: 4, wide: false,"
                                + " moe: {experts: 8, active: 1, sparsity-loss: 0.25}}")
                        .ranker())
                .isEqualTo(RankerConfig.DEFAULTS
                        .change()
                        .type(RankerConfig.Type.RANK_MIXER)
                        .width(40)
                        .layers(3)
                        .heads(5)
                        .expansion(4)
                        .wide(false)
                        .moe(MoeConfig.of(8, 1).withSparsityLoss(0.25))
                        .build());
    }

    @Test
    void rankMixerIsToldWhichWidthsFit() {
        assertThatThrownBy(() -> with("ranker: {type: rank-mixer, width: 64, heads: 5}"))
                .hasMessageContaining("a multiple of the number of tokens, heads, 5: 60 or 65");
    }

    @Test
    void everyKeyOfTheBaselinesCanBeSet() {
        RankerConfig ranker =
                with("ranker: {type: dcn-v2, cross: {layers: 2, rank: 16, structure: parallel}, hidden: [32, 16, 8]}")
                        .ranker();
        assertThat(ranker.type()).isEqualTo(RankerConfig.Type.DCN_V2);
        assertThat(ranker.cross()).isEqualTo(new CrossConfig(2, 16, CrossConfig.Structure.PARALLEL));
        assertThat(ranker.hidden()).containsExactly(32, 16, 8);
    }

    @Test
    void theFileThatTrainingStartsFromIsLookedForBesideThePipelineFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("pipeline.yaml"), SMALLEST + "training: {start-from: ../warm.safetensors}");
        assertThat(PipelineFile.load(file).training())
                .isEqualTo(TrainingConfig.DEFAULTS.startingFrom(
                        folder.resolveSibling("warm.safetensors").toString()));
    }

    @Test
    void aScriptedModuleIsLookedForBesideThePipelineFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("pipeline.yaml"), SMALLEST + "ranker: {type: script, file: models/ranker.pt}");
        RankerConfig ranker = PipelineFile.load(file).ranker();
        assertThat(ranker.type()).isEqualTo(RankerConfig.Type.SCRIPT);
        assertThat(ranker.file()).isEqualTo(folder.resolve("models/ranker.pt").toString());
        assertThat(with("ranker: {type: script, file: /models/ranker.pt}")
                        .ranker()
                        .file())
                .isEqualTo("/models/ranker.pt");
    }

    @Test
    void everyKeyOfTheTrainingCanBeSet() {
        assertThat(with("training: {batch-size: 17, linger: 0ms, device: 'cuda:1', threads: 3, seed: -9,"
                                + " optimizer: {type: adagrad, learning-rate: 0.5, initial-accumulator: 0}, clip-norm: 1.5,"
                                + " schedule: {type: cosine, warm-up: 10, steps: 1000, final: 0.25},"
                                + " precision: bf16}")
                        .training())
                .isEqualTo(new TrainingConfig(
                        17,
                        Duration.ZERO,
                        "cuda:1",
                        3,
                        DenseOptimizerConfig.adagrad(0.5, 0),
                        new ScheduleConfig(ScheduleConfig.Type.COSINE, 10, 1000, 0.25),
                        1.5,
                        -9,
                        TrainingConfig.Precision.BF16,
                        ""));
    }

    @Test
    void everyKeyOfAnOptimizerCanBeSet() {
        assertThat(
                        with("training: {optimizer: {type: adagrad, learning-rate: 0.5, initial-accumulator: 1, epsilon: 0.1,"
                                        + " weight-decay: 0.2, when-changed: reset}}")
                                .training()
                                .optimizer())
                .isEqualTo(new DenseOptimizerConfig(Type.ADAGRAD, 0.5, 1, 0, 0, 0.1, 0, false, 0.2, WhenChanged.RESET));
        assertThat(with("training: {optimizer: {type: adamw, beta1: 0.8, beta2: 0.99, epsilon: 1e-6}}")
                        .training()
                        .optimizer())
                .isEqualTo(new DenseOptimizerConfig(
                        Type.ADAMW, 0.001, 0, 0.8, 0.99, 1e-6, 0, false, 0, WhenChanged.REFUSE));
        assertThat(with("training: {optimizer: {type: sgd, momentum: 0.5, nesterov: true}}")
                        .training()
                        .optimizer())
                .isEqualTo(new DenseOptimizerConfig(Type.SGD, 0.01, 0, 0, 0, 0, 0.5, true, 0, WhenChanged.REFUSE));
    }

    @Test
    void anOptimizerThatOnlySaysItsTypeHasTheDefaultsOfThatType() {
        for (Type type : Type.values()) {
            String word = type.name().toLowerCase(Locale.ROOT);
            assertThat(with("training: {optimizer: {type: " + word + "}}")
                            .training()
                            .optimizer())
                    .isEqualTo(DenseOptimizerConfig.of(type));
        }
    }

    @Test
    void theKindsOfTasksCanBeSet() {
        Pipeline pipeline = PipelineFile.parse(SMALLEST.replace("tasks: [{name: like, window: 1h}]", """
                tasks:
                  - {name: click, window: 1h}
                  - {name: buy, window: 1d, given: click, weight: 0}
                  - {name: both, type: product, of: buy, weight: 2}
                  - {name: seconds, action: watch, window: 2h, type: regression, loss: huber, huber-delta: 30}
                  - {name: price, action: buy, window: 1d, type: regression, given: buy}
                """), Map.of());
        assertThat(pipeline.tasks())
                .containsExactly(
                        TaskConfig.binary("click", "click", Duration.ofHours(1)),
                        new TaskConfig(
                                "buy", "buy", Duration.ofDays(1), TaskConfig.Type.BINARY, "click", null, 0, SQUARED, 0),
                        new TaskConfig("both", null, null, TaskConfig.Type.PRODUCT, null, "buy", 2, SQUARED, 0),
                        new TaskConfig(
                                "seconds",
                                "watch",
                                Duration.ofHours(2),
                                TaskConfig.Type.REGRESSION,
                                null,
                                null,
                                1,
                                TaskConfig.Loss.HUBER,
                                30),
                        new TaskConfig(
                                "price",
                                "buy",
                                Duration.ofDays(1),
                                TaskConfig.Type.REGRESSION,
                                "buy",
                                null,
                                1,
                                SQUARED,
                                0));
        assertThat(pipeline.labelledTasks())
                .extracting(TaskConfig::name)
                .containsExactly("click", "buy", "seconds", "price");
    }

    @Test
    void everyKeyOfThePublishingCanBeSet() {
        assertThat(with("publish: {every: 750ms, precision: fp32, row-partitions: 9}")
                        .publish())
                .isEqualTo(new PublishConfig(Duration.ofMillis(750), PublishConfig.RowPrecision.FP32, 9));
    }

    @Test
    void everyKeyOfARestoreCanBeSet() {
        assertThat(with("restore: {model-changed: start-over, lineage: after the repair}")
                        .restore())
                .isEqualTo(new RestoreConfig(RestoreConfig.ModelChanged.START_OVER, "after the repair"));
    }

    @Test
    void everyKeyOfKafkaCanBeSet() {
        assertThat(with("kafka: {bootstrap-servers: 'a:1,b:2', properties: {client.id: me, retries: 3}}")
                        .kafka())
                .isEqualTo(new KafkaConfig("a:1,b:2", Map.of("client.id", "me", "retries", "3")));
    }

    @Test
    void wordsAndNumbersAreTakenAsWritten() {
        Pipeline pipeline = with("actions: {topic: yes}\nkafka: {properties: {a: 1.10, b: 010, c: 2026-01-01, d: on}}");
        assertThat(pipeline.actions().topic()).isEqualTo("yes");
        assertThat(pipeline.kafka().properties())
                .isEqualTo(Map.of("a", "1.10", "b", "010", "c", "2026-01-01", "d", "on"));
    }

    @Test
    void valuesMayComeFromTheEnvironment() {
        Pipeline pipeline = PipelineFile.parse(
                SMALLEST + "kafka: {bootstrap-servers: '${HOST}:${PORT}'}\ntraining: {batch-size: '${BATCH}'}\n",
                Map.of("HOST", "broker", "PORT", "9094", "BATCH", "64"));
        assertThat(pipeline.kafka().bootstrapServers()).isEqualTo("broker:9094");
        assertThat(pipeline.training().batchSize()).isEqualTo(64);
    }

    @Test
    void aValueFromTheEnvironmentIsTakenLiterally() {
        Pipeline pipeline = PipelineFile.parse(
                SMALLEST + "kafka: {properties: {ssl.key.password: '${SECRET}'}}\n",
                Map.of("SECRET", "a$1\\b: {c} # ${SECRET}"));
        assertThat(pipeline.kafka().properties()).containsEntry("ssl.key.password", "a$1\\b: {c} # ${SECRET}");
        assertThat(pipeline.toString()).doesNotContain("a$1");
    }

    private static Pipeline with(String sections) {
        return PipelineFile.parse(SMALLEST + sections + "\n", Map.of());
    }
}

package io.freshet.contracts.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineProblemsTest {
    @Test
    void allProblemsOfAFileAreReportedAtOnce() {
        List<Problem> problems = problems("""
                name: a/b
                impressions: {topic: events, format: jsn}
                actions: {topic: events}
                tables:
                  user: {dimension: 0, optimiser: {type: adagrad}}
                  item: {dimension: 16, admit-after: 300, expire-after: 90}
                features:
                  - {name: user, slot: id, table: usr}
                  - {name: user, slot: idd, table: item}
                  - {name: recent, slot: sequence}
                  - {name: age, slot: number, table: item, length: 5}
                tasks:
                  - {name: like, window: 0s}
                  - {action: buy, window: 1h}
                ranker: {width: 64, heads: 5}
                training: {batch-size: many, device: gpu}
                publish: {every: 5s, precison: fp16}
                """);
        assertThat(problems.stream().map(Problem::key))
                .containsExactlyInAnyOrder(
                        "name",
                        "impressions.format",
                        "actions.topic",
                        "tables.user.dimension",
                        "tables.user.optimiser",
                        "tables.item.admit-after",
                        "tables.item.expire-after",
                        "features[0].table",
                        "features[1].slot",
                        "features[1].name",
                        "features[2].table",
                        "features[3].table",
                        "features[3].length",
                        "tasks[0].window",
                        "tasks[1].name",
                        "ranker.heads",
                        "training.batch-size",
                        "training.device",
                        "publish.precison");
    }

    @Test
    void theMessageHasEveryProblemOnALineOfItsOwn() {
        assertThatThrownBy(() -> PipelineFile.parse(fileWith("ranker: {heads: 5}\npublish: {every: 1ms}"), Map.of()))
                .isInstanceOf(PipelineException.class)
                .hasMessage("""
                        The pipeline has 2 problems:
                          ranker.heads: is 5, but must be a divisor of the width, 64.
                          publish.every: is 1ms, but must be from 100ms to 3650d.""");
    }

    @Test
    void textThatIsNotUtf8IsNamedByItsLineAndByte(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("p.yaml");
        Files.write(file, "name: x\n# caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> PipelineFile.load(file))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining("line 2 holds the byte 0xE9. Save it as UTF-8");
    }

    @Test
    void aDivisorThatOneOfTwoKeysKeepsAboveZeroIsEnough() {
        assertThat(PipelineFile.parse(fileWith("training: {optimizer: {epsilon: 0}}"), Map.of())
                        .training()
                        .optimizer()
                        .epsilon())
                .isZero();
    }

    @Test
    void aFileIsNamed(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("p.yaml"), fileWith("ranker: {layers: 0}"));
        assertThatThrownBy(() -> PipelineFile.load(file))
                .hasMessageStartingWith(file + " has a problem:\n  ranker.layers");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rankr: {}                       | rankr                 | ranker",
                "join: {negative_sample_rate: 1} | join.negative_sample_rate | negative-sample-rate",
                "training: {bach-size: 1}        | training.bach-size    | batch-size",
                "ranker: {block: {form: two-sublayer}} | ranker.block.form  | two-sublayers",
                "publish: {precision: FP-16}     | publish.precision     | fp16",
                "impressions: {topc: x}          | impressions.topc      | topic",
                "kafka: {bootstrap.servers: a:1} | kafka.bootstrap.servers | bootstrap-servers",
            })
    void whatIsUnknownIsToldTheNearestKnown(String yaml, String key, String nearest) {
        assertThat(problems(fileWith(yaml))).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo(key);
            assertThat(problem.message()).contains("Nearest is '" + nearest + "'");
        });
    }

    @Test
    void aFeatureIsToldTheNearestTable() {
        assertThat(problems(fileWith("").replace("table: item", "table: itme")))
                .containsExactly(new Problem(
                        "features[0].table",
                        "'itme' is no table of this pipeline. Nearest is 'item'; known are item, user."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training: {clip-norm: 1e39}          | training.clip-norm",
                "training: {optimizer: {learning-rate: 1e39}}  | training.optimizer.learning-rate",
                "training: {optimizer: {learning-rate: 1e-46}} | training.optimizer.learning-rate",
                "training: {optimizer: {initial-accumulator: 0, epsilon: 1e-300}} | training.optimizer.epsilon",
                "training: {optimizer: {type: adam, epsilon: 0}} | training.optimizer.epsilon",
                "ranker: {moe: {balance-loss: 0.1}}   | ranker.moe.experts",
                "join: {negative-sample-rate: 0}      | join.negative-sample-rate",
                "join: {negative-sample-rate: 1.01}   | join.negative-sample-rate",
                "join: {negative-sample-rate: .nan}   | join.negative-sample-rate",
                "join: {idle-after: 0s}               | join.idle-after",
                "join: {max-ahead: 3651d}             | join.max-ahead",
                "join: {max-ahead: 999999999999999d}  | join.max-ahead",
                "join: {out-of-orderness: 1.5h}       | join.out-of-orderness",
                "join: {out-of-orderness: 1h30m}      | join.out-of-orderness",
                "join: {out-of-orderness: -1s}        | join.out-of-orderness",
                "join: {out-of-orderness: 5}          | join.out-of-orderness",
                "ranker: {width: 64.5}                | ranker.width",
                "ranker: {width: 99999999999}         | ranker.width",
                "ranker: {width: 1e999999999}         | ranker.width",
                "ranker: {width: [64]}                | ranker.width",
                "ranker: {heads: 0}                   | ranker.heads",
                "ranker: {heads: -4}                  | ranker.heads",
                "ranker: {expansion: 0}               | ranker.expansion",
                "ranker: {block: {interval: -1}}      | ranker.block.interval",
                "ranker: {tokens: {layers: 0}}        | ranker.tokens.layers",
                "ranker: {auxiliary: {weight: -0.1}}  | ranker.auxiliary.weight",
                "ranker: {auxiliary: {weight: .inf}}  | ranker.auxiliary.weight",
                "ranker: {init: {down: 0}}            | ranker.init.down",
                "ranker: {moe: {experts: 0}}          | ranker.moe.experts",
                "ranker: {moe: {experts: 8}}          | ranker.moe.active",
                "ranker: {moe: {experts: 8, active: 9}} | ranker.moe.active",
                "ranker: {moe: {experts: 7, active: 3}} | ranker.moe.experts",
                "ranker: {moe: {experts: 4, active: 2}} | ranker.moe.active",
                "ranker: {moe: {gate-scale: 0}}       | ranker.moe.gate-scale",
                "ranker: {moe: {experts: 8, active: 4}, block: {ffn: shared-swiglu}} | ranker.moe.experts",
                "ranker: {readout: global-token, tokens: {global: none}} | ranker.readout",
                "ranker: {cross: {layers: 2}}         | ranker.cross",
                "ranker: {moe: {experts: 8, active: 4, sparsity-loss: 0.1}} | ranker.moe.sparsity-loss",
                "ranker: {type: rank-mixer, heads: 5} | ranker.width",
                "ranker: {type: rank-mixer, init: {down: 1}}     | ranker.init",
                "ranker: {type: rank-mixer, moe: {experts: 3, active: 1}} | ranker.moe.experts",
                "ranker: {type: rank-mixer, moe: {experts: 4, active: 5}} | ranker.moe.active",
                "ranker: {type: rank-mixer, moe: {experts: 4, active: 1, gate: full}} | ranker.moe",
                "ranker: {type: rank-mixer, moe: {sparsity-loss: -1}} | ranker.moe.sparsity-loss",
                "ranker: {type: dcn-v2, width: 32}    | ranker.width",
                "ranker: {type: dlrm-mlp, layers: 3}  | ranker.layers",
                "ranker: {hidden: [7]}                | ranker.hidden",
                "ranker: {type: dlrm-mlp, cross: {rank: 2}} | ranker.cross",
                "ranker: {type: dcn-v2, block: {norm: layer}} | ranker.block",
                "ranker: {type: dcn-v2, cross: {layers: 0}} | ranker.cross.layers",
                "ranker: {type: dcn-v2, hidden: 7}    | ranker.hidden",
                "ranker: {type: dcn-v2, hidden: [7, x]} | ranker.hidden",
                "ranker: {type: dcn-v2, hidden: [0]}  | ranker.hidden",
                "ranker: {type: script}               | ranker.file",
                "ranker: {file: ranker.pt}            | ranker.file",
                "ranker: {wide: maybe}                | ranker.wide",
                "ranker: [1]                          | ranker",
                "ranker: 7                            | ranker",
                "training: {threads: 0}               | training.threads",
                "training: {batch-size: 0}            | training.batch-size",
                "training: {device: cuda}             | training.device",
                "training: {optimizer: {learning-rate: 0}}        | training.optimizer.learning-rate",
                "training: {optimizer: {initial-accumulator: -1}} | training.optimizer.initial-accumulator",
                "training: {optimizer: {beta1: 0.9}}                         | training.optimizer.beta1",
                "training: {optimizer: {type: adam, beta2: 1}}               | training.optimizer.beta2",
                "training: {optimizer: {type: adam, initial-accumulator: 1}} | training.optimizer.initial-accumulator",
                "training: {optimizer: {type: sgd, epsilon: 0.1}}            | training.optimizer.epsilon",
                "training: {optimizer: {type: adamw, momentum: 0.9}}         | training.optimizer.momentum",
                "training: {optimizer: {type: sgd, momentum: 0, nesterov: true}} | training.optimizer.nesterov",
                "training: {optimizer: {weight-decay: -1}}        | training.optimizer.weight-decay",
                "training: {optimizer: {type: adamx}}             | training.optimizer.type",
                "training: {clip-norm: -1}            | training.clip-norm",
                "training: {precision: bf16}          | training.precision",
                "training: {precision: bf16, device: cpu} | training.precision",
                "training: {precision: fp16}          | training.precision",
                "training: {schedule: {type: cosine}} | training.schedule.steps",
                "training: {schedule: {steps: 9}}     | training.schedule.steps",
                "training: {schedule: {final: 0.5}}   | training.schedule.final",
                "training: {schedule: {type: cosine, steps: 9, final: 1.5}} | training.schedule.final",
                "training: {schedule: {warm-up: -1}}  | training.schedule.warm-up",
                "publish: {row-partitions: 0}         | publish.row-partitions",
                "publish: {row-partitions: 129}       | publish.row-partitions",
                "impressions: {topic: 'a b'}          | impressions.topic",
                "impressions: {topic: test.model-rows}| impressions.topic",
                "actions: {topic: impressions}        | actions.topic",
                "kafka: {bootstrap-servers: localhost}| kafka.bootstrap-servers",
                "kafka: {properties: {group.id: x}}   | kafka.properties.group.id",
                "kafka: {properties: {a: [1]}}        | kafka.properties.a",
            })
    void aValueOutOfRangeIsNamed(String yaml, String key) {
        assertThat(problems(fileWith(yaml))).extracting(Problem::key).containsExactly(key);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "residual-interval: 2  | ranker.residual-interval | ranker.block.interval",
                "auxiliary-loss: 0.1   | ranker.auxiliary-loss    | ranker.auxiliary.weight",
                "down-init: 0.01       | ranker.down-init         | ranker.init.down",
                "block: two-sublayers  | ranker.block             | ranker.block.form",
            })
    void aKeyThatHasMovedIsToldItsPlace(String key, String path, String now) {
        assertThat(problems(fileWith("ranker: {" + key + "}"))).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo(path);
            assertThat(problem.message()).contains(" " + now);
        });
    }

    @Test
    void aRouterThatWouldNeverLearnIsRefusedWithTheReasonUnlessTheGateIsFull() {
        assertThat(problems(fileWith("ranker: {moe: {experts: 4, active: 2}}")))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.message()).contains("never learn").contains("gate: full"));
        assertThat(PipelineFile.parse(fileWith("ranker: {moe: {experts: 4, active: 2, gate: full}}"), Map.of())
                        .ranker()
                        .moe()
                        .active())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "initial: {scale: -1}                       | initial.scale",
                "initial: {type: zeros, scale: 0.1}         | initial.scale",
                "initial-range: 0.1                         | initial-range",
                "migrate: widen                             | migrate",
                "migrate: [wide]                            | migrate",
                "optimizer: {learning-rate: 0}              | optimizer.learning-rate",
                "optimizer: {weight-decay: -1}              | optimizer.weight-decay",
                "optimizer: {clip-norm: -1}                 | optimizer.clip-norm",
                "optimizer: {beta1: 0.9}                    | optimizer.beta1",
                "optimizer: {l1: 0.1}                       | optimizer.l1",
                "optimizer: {type: adam, beta2: 1}          | optimizer.beta2",
                "optimizer: {type: adam, initial-accumulator: 1} | optimizer.initial-accumulator",
                "optimizer: {type: sgd, epsilon: 0.1}       | optimizer.epsilon",
                "optimizer: {type: ftrl, l2: -1}            | optimizer.l2",
                "optimizer: {type: ftrl, epsilon: 0.1}      | optimizer.epsilon",
                "optimizer: {type: ftrl, weight-decay: 0.1} | optimizer.weight-decay",
                "optimizer: {type: adagrad, beta: 2}        | optimizer.beta",
                "optimizer: {learning-rate: 1e39}           | optimizer.learning-rate",
                "optimizer: {type: adam, epsilon: 1e-60}    | optimizer.epsilon",
                "optimizer: {epsilon: 0, initial-accumulator: 0} | optimizer.epsilon",
                "expiry: {dry-run: true}                    | expire-after",
                "expiry: {min-rows: 5000}                   | expire-after",
                "admission: {counting: sketch}              | admit-after",
                "admission: {decay: 1d}                     | admit-after",
            })
    void aTableIsToldWhatItCannotHave(String key, String path) {
        assertThat(problems(fileWith("").replace("item: {dimension: 4", "item: {dimension: 4, " + key)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.key()).isEqualTo("tables.item." + path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "tables", "features", "tasks"})
    void aSectionThatEveryPipelineNeedsIsMissed(String section) {
        String without = fileWith("").replaceAll("(?m)^" + section + ":.*\n", "");
        assertThat(problems(without))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem.key()).isIn(section, "features[0].table"));
    }

    @Test
    void featuresOfNumbersAloneAreNotEnough() {
        assertThat(problems(fileWith("").replace("slot: id, table: item", "slot: number")))
                .extracting(Problem::key)
                .containsExactly("features");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: b, window: 1h, given: c}                          | tasks[1].given",
                "{name: b, window: 1h, given: b}                          | tasks[1].given",
                "{name: b, window: 1h, of: like}                          | tasks[1].of",
                "{name: b, type: product}                                 | tasks[1].of",
                "{name: b, type: product, of: like}                       | tasks[1].of",
                "{name: b, type: product, of: nothing}                    | tasks[1].of",
                "{name: b, window: 1h, weight: -1}                        | tasks[1].weight",
                "{name: b, window: 1h, loss: huber}                       | tasks[1].loss",
                "{name: b, window: 1h, huber-delta: 1}                    | tasks[1].huber-delta",
                "{name: b, window: 1h, type: regression, huber-delta: 2}  | tasks[1].huber-delta",
                "{name: b, window: 1h, type: regression, loss: huber, huber-delta: 0} | tasks[1].huber-delta",
                "{name: b}                                                | tasks[1].window",
            })
    void aTaskThatDoesNotFitTheOthersIsNamed(String task, String key) {
        String yaml = fileWith("").replaceAll("(?m)^tasks: \\[(.*)]$", "tasks: [$1, " + task + "]");
        assertThat(problems(yaml)).extracting(Problem::key).containsExactly(key);
    }

    @Test
    void aProductHasNoActionOrWindowOfItsOwn() {
        String tasks = "{name: b, window: 1h, given: like}, {name: p, type: product, of: b, action: x, window: 1h}";
        String yaml = fileWith("").replaceAll("(?m)^tasks: \\[(.*)]$", "tasks: [$1, " + tasks + "]");
        assertThat(problems(yaml)).extracting(Problem::key).containsExactly("tasks[2].action", "tasks[2].window");
    }

    @Test
    void theHeadlineIsABinaryTask() {
        String yaml = fileWith("").replaceAll("(?m)^tasks: \\[\\{", "tasks: [{type: regression, ");
        assertThat(problems(yaml)).extracting(Problem::key).containsExactly("tasks[0]");
    }

    @Test
    void twoTasksOfOneNameAreRefused() {
        assertThat(problems(fileWith("").replace("tasks: [", "tasks: [{name: like, window: 2h}, ")))
                .containsExactly(
                        new Problem("tasks[1].name", "'like' is the name of tasks[0] already. Choose another."));
    }

    @Nested
    class FilesThatAreNoPipeline {
        @Test
        void anEmptyFileMissesEverything() {
            for (String empty : List.of("", "# only a comment\n", "---\n")) {
                assertThat(problems(empty)).extracting(Problem::key).contains("name", "tables", "features", "tasks");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"a: [", "\tname: x", "- 1\n- 2", "just text", "a: 1\n---\nb: 2", "a: b: c"})
        void otherTextIsRefused(String text) {
            assertThat(problems(text)).isNotEmpty();
        }

        @Test
        void aDuplicateKeyIsNamedWithItsLine() {
            assertThat(problems("name: a\nname: b\n"))
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.message()).contains("line 2").contains("name"));
        }

        @Test
        void anAliasIsRefused() {
            assertThat(problems("name: &n x\ntasks: [*n]\n"))
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.message()).contains("In line 2 the alias '*n'"));
        }
    }

    @Nested
    class Secrets {
        @Test
        void aVariableThatIsNotSetIsNamed() {
            assertThat(problems(fileWith("kafka: {properties: {ssl.key.password: '${NOT_SET}'}}")))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.key()).isEqualTo("kafka.properties.ssl.key.password");
                        assertThat(problem.message()).contains("${NOT_SET}");
                    });
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "ssl.key.password: hunter2",
                    "sasl.oauthbearer.client.secret: hunter2",
                    "sasl.jaas.config: 'Login required username=\"u\" password=\"hunter2\";'"
                })
        void aSecretInPlainTextIsRefusedAndNotPrinted(String property) {
            assertThat(problems(fileWith("kafka: {properties: {" + property + "}}")))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message()).contains("environment");
                        assertThat(problem.toString()).doesNotContain("hunter2");
                    });
        }

        @Test
        void aSecretOutOfPlaceIsNotPrinted() {
            for (String misplaced : List.of("kafka: '${S}'", "kafka: {bootstrap-servers: {x: '${S}'}}")) {
                PipelineException wrong = catchThrowableOfType(
                        PipelineException.class, () -> PipelineFile.parse(fileWith(misplaced), Map.of("S", "hunter2")));
                assertThat(wrong).hasMessageNotContaining("hunter2");
            }
        }
    }

    private static List<Problem> problems(String yaml) {
        PipelineException wrong =
                catchThrowableOfType(PipelineException.class, () -> PipelineFile.parse(yaml, Map.of()));
        assertThat(wrong).as("refusal of %s", yaml).isNotNull();
        return wrong.problems();
    }

    private static String fileWith(String section) {
        return """
                name: test
                tables: {item: {dimension: 4}, user: {dimension: 4}}
                features: [{name: item, slot: id, table: item}]
                tasks: [{name: like, window: 1h}]
                """ + section + "\n";
    }
}

package io.freshet.model;

import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.EventTopic;
import io.freshet.contracts.pipeline.FeatureConfig;
import io.freshet.contracts.pipeline.FeatureConfig.Pooling;
import io.freshet.contracts.pipeline.FeatureConfig.Slot;
import io.freshet.contracts.pipeline.FeatureConfig.Transform;
import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.contracts.pipeline.JoinConfig;
import io.freshet.contracts.pipeline.KafkaConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PublishConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.RestoreConfig;
import io.freshet.contracts.pipeline.RowOptimizerConfig;
import io.freshet.contracts.pipeline.ScheduleConfig;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.contracts.pipeline.TrainingConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pipelines for tests. */
public final class Pipelines {
    private static final RowOptimizerConfig ROWS = RowOptimizerConfig.adagrad(0.1, 0.01);

    private Pipelines() {}

    /** Movies: four tokens of width 64, rows of 16 and a bias. */
    public static Pipeline movies() {
        return of(
                tables(Map.entry("user", 16), Map.entry("item", 16), Map.entry("genre", 16)),
                List.of(
                        feature("user", Slot.ID, "user", "user"),
                        feature("item", Slot.ID, "item", "item"),
                        feature("genres", Slot.IDS, "genre", "item"),
                        feature("recent", Slot.SEQUENCE, "item", "history"),
                        number("age", "item")),
                List.of("like"),
                movieRanker());
    }

    /** The ranker of {@link #movies()}. */
    public static RankerConfig movieRanker() {
        return RankerConfig.DEFAULTS
                .change()
                .block(BlockConfig.DEFAULTS.withInterval(0))
                .build();
    }

    /** A pipeline of what matters to a ranker. */
    public static Pipeline of(
            Map<String, TableConfig> tables, List<FeatureConfig> features, List<String> tasks, RankerConfig ranker) {
        List<TaskConfig> taskConfigs = tasks.stream()
                .map(task -> TaskConfig.binary(task, task, Duration.ofHours(1)))
                .toList();
        return new Pipeline(
                "test",
                new EventTopic("impressions", EventTopic.Format.JSON),
                new EventTopic("actions", EventTopic.Format.JSON),
                tables,
                features,
                taskConfigs,
                JoinConfig.DEFAULTS,
                ranker,
                training(),
                PublishConfig.DEFAULTS,
                RestoreConfig.DEFAULTS,
                KafkaConfig.DEFAULTS);
    }

    /** One thread on the CPU. */
    public static TrainingConfig training() {
        DenseOptimizerConfig optimizer = DenseOptimizerConfig.adagrad(0.003, 0.01);
        return new TrainingConfig(32, Duration.ZERO, "cpu", 1, optimizer, ScheduleConfig.DEFAULTS, 0, 7);
    }

    /** Tables by name, with their dimensions, in order. */
    @SafeVarargs
    public static Map<String, TableConfig> tables(Map.Entry<String, Integer>... dimensions) {
        Map<String, TableConfig> tables = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> entry : dimensions) {
            String name = entry.getKey();
            tables.put(name, TableConfig.of(name, entry.getValue()).with(ROWS).with(InitialConfig.uniform(0.02)));
        }
        return tables;
    }

    /** A feature with a table, its rows averaged. */
    public static FeatureConfig feature(String name, Slot slot, String table, String group) {
        int length = slot == Slot.ID ? 1 : 50;
        return new FeatureConfig(name, slot, table, group, Pooling.MEAN, length, Transform.NONE);
    }

    /** A number. */
    public static FeatureConfig number(String name, String group) {
        return new FeatureConfig(name, Slot.NUMBER, null, group, Pooling.MEAN, 1, Transform.NONE);
    }
}

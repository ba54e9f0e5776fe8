package io.freshet.contracts.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns the tree of a file into a {@link Pipeline}, section by section in the order of the file. */
final class PipelineReader {
    private final Reading reading;

    PipelineReader(Reading reading) {
        this.reading = reading;
    }

    /** Empty when there are problems; they are with the reading. */
    Optional<Pipeline> read(JsonNode tree) {
        Section root = Section.root(reading, tree);
        String name = root.read("name", ValueType.TEXT, Fallback.required("unnamed"));
        EventTopic impressions = topic(root.section("impressions"), EventTopic.DEFAULT_IMPRESSIONS);
        EventTopic actions = topic(root.section("actions"), EventTopic.DEFAULT_ACTIONS);
        Map<String, TableConfig> tables = root.entries("tables", TableReaders::table);
        List<FeatureConfig> features = root.items("features", EntryReaders::feature);
        List<TaskConfig> tasks = root.items("tasks", EntryReaders::task);
        JoinConfig join = join(root.section("join"));
        RankerConfig ranker = RankerReaders.ranker(root.section("ranker"));
        TrainingConfig training = TrainingReaders.training(root.section("training"));
        PublishConfig publish = publish(root.section("publish"));
        RestoreConfig restore = restore(root.section("restore"));
        KafkaConfig kafka = kafka(root.section("kafka"));
        Optional<Pipeline> pipeline = root.tryBuild(() -> new Pipeline(
                name, impressions, actions, tables, features, tasks, join, ranker, training, publish, restore, kafka));
        return pipeline.filter(whole -> reading.problems().isEmpty());
    }

    private static EventTopic topic(Section section, EventTopic defaults) {
        String topic = section.read("topic", ValueType.TEXT, defaults.topic());
        EventTopic.Format format = section.read("format", ValueType.oneOf(EventTopic.Format.class), defaults.format());
        return section.build(() -> new EventTopic(topic, format), defaults);
    }

    private static JoinConfig join(Section section) {
        JoinConfig defaults = JoinConfig.DEFAULTS;
        var emission = section.read("emission", ValueType.oneOf(JoinConfig.Emission.class), defaults.emission());
        var rate = section.read("negative-sample-rate", ValueType.NUMBER, defaults.negativeSampleRate());
        var outOfOrderness = section.read("out-of-orderness", ValueType.DURATION, defaults.outOfOrderness());
        var idleAfter = section.read("idle-after", ValueType.DURATION, defaults.idleAfter());
        var maxAhead = section.read("max-ahead", ValueType.DURATION, defaults.maxAhead());
        return section.build(() -> new JoinConfig(emission, rate, outOfOrderness, idleAfter, maxAhead), defaults);
    }

    private static PublishConfig publish(Section section) {
        PublishConfig defaults = PublishConfig.DEFAULTS;
        var every = section.read("every", ValueType.DURATION, defaults.every());
        var precision =
                section.read("precision", ValueType.oneOf(PublishConfig.RowPrecision.class), defaults.precision());
        var rowPartitions = section.read("row-partitions", ValueType.INTEGER, defaults.rowPartitions());
        return section.build(() -> new PublishConfig(every, precision, rowPartitions), defaults);
    }

    private static RestoreConfig restore(Section section) {
        RestoreConfig defaults = RestoreConfig.DEFAULTS;
        var modelChanged = section.read(
                "model-changed", ValueType.oneOf(RestoreConfig.ModelChanged.class), defaults.modelChanged());
        String lineage = section.read("lineage", ValueType.TEXT, Fallback.of(defaults.lineage(), "none"));
        return section.build(() -> new RestoreConfig(modelChanged, lineage), defaults);
    }

    private static KafkaConfig kafka(Section section) {
        KafkaConfig defaults = KafkaConfig.DEFAULTS;
        var servers = section.read("bootstrap-servers", ValueType.TEXT, defaults.bootstrapServers());
        Map<String, String> properties = section.texts("properties");
        return section.build(() -> new KafkaConfig(servers, properties), defaults);
    }
}

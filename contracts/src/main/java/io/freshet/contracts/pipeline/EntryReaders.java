package io.freshet.contracts.pipeline;

import io.freshet.contracts.pipeline.FeatureConfig.Pooling;
import io.freshet.contracts.pipeline.FeatureConfig.Slot;
import io.freshet.contracts.pipeline.FeatureConfig.Transform;
import java.time.Duration;

/** Reads what a file may hold several of: features and tasks. */
final class EntryReaders {
    private EntryReaders() {}

    static FeatureConfig feature(Section section) {
        String name = section.read("name", ValueType.TEXT, Fallback.required(section.name()));
        // Where no slot can be read, the one that clashes least with the other keys.
        Slot slotStandIn = section.has("table") ? Slot.SEQUENCE : Slot.NUMBER;
        Slot slot = section.read("slot", ValueType.oneOf(Slot.class), Fallback.required(slotStandIn));
        String table = section.read("table", ValueType.TEXT, Fallback.of(null, "required, but for a number"));
        String group = section.read("group", ValueType.TEXT, Fallback.of(name, "the feature's name"));
        Pooling pooling = section.read("pooling", ValueType.oneOf(Pooling.class), FeatureConfig.DEFAULT_POOLING);
        boolean several = slot == Slot.IDS || slot == Slot.SEQUENCE;
        int length = section.read(
                "length",
                ValueType.INTEGER,
                Fallback.of(several ? FeatureConfig.DEFAULT_LENGTH : 1, "" + FeatureConfig.DEFAULT_LENGTH));
        Transform transform =
                section.read("transform", ValueType.oneOf(Transform.class), FeatureConfig.DEFAULT_TRANSFORM);
        String standIn = section.name();
        return section.build(
                () -> new FeatureConfig(name, slot, table, group, pooling, length, transform),
                new FeatureConfig(standIn, Slot.NUMBER, null, standIn, Pooling.MEAN, 1, Transform.NONE));
    }

    static TaskConfig task(Section section) {
        String name = section.read("name", ValueType.TEXT, Fallback.required(section.name()));
        var type = section.read("type", ValueType.oneOf(TaskConfig.Type.class), TaskConfig.Type.BINARY);
        boolean product = type == TaskConfig.Type.PRODUCT;
        String action = section.read("action", ValueType.TEXT, Fallback.of(product ? null : name, "the task's name"));
        var window = section.read("window", ValueType.DURATION, Fallback.of(null, "required, but for a product"));
        String given = section.read("given", ValueType.TEXT, Fallback.of(null, "none"));
        String of = section.read("of", ValueType.TEXT, Fallback.of(null, "required for a product"));
        double weight = section.read("weight", ValueType.NUMBER, 1.0);
        var loss = section.read("loss", ValueType.oneOf(TaskConfig.Loss.class), TaskConfig.Loss.SQUARED);
        double huber = TaskConfig.DEFAULT_HUBER_DELTA;
        double delta = section.read(
                "huber-delta",
                ValueType.NUMBER,
                Fallback.of(loss == TaskConfig.Loss.HUBER ? huber : 0, String.valueOf(huber)));
        String standIn = section.name();
        return section.build(
                () -> new TaskConfig(name, action, window, type, given, of, weight, loss, delta),
                TaskConfig.binary(standIn, standIn, Duration.ofHours(1)));
    }
}

package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.FeatureConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.TableConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each feature of an example goes: which table's rows it reads, which group's token it becomes a part of.
 *
 * @param tables in the order of the pipeline file; a table's index is its place in this list
 * @param slots features that have a table, in the order of the pipeline file
 * @param numbers names of the number features, in the order of the pipeline file
 * @param groups in the order in which the pipeline file first names them
 */
public record FeatureLayout(List<Table> tables, List<Slot> slots, List<String> numbers, List<Group> groups) {
    /**
     * A table of rows.
     *
     * @param width floats of a row: the embedding, and the bias as the last one when the ranker is wide
     * @param slots the features that read this table; may be empty
     */
    public record Table(String name, int index, int dimension, int width, List<Slot> slots) {}

    /**
     * A feature that reads rows.
     *
     * @param index among all features that have a table
     * @param table index of the table
     * @param indexInTable among the features of that table
     * @param mean whether its rows are averaged; otherwise they are summed
     */
    public record Slot(String feature, int index, int table, int indexInTable, boolean mean) {}

    /**
     * Features that become one token.
     *
     * @param numbers places in {@link FeatureLayout#numbers()}
     */
    public record Group(String name, List<Slot> slots, List<Integer> numbers) {}

    /** Reads the layout off a pipeline. */
    public static FeatureLayout of(Pipeline pipeline) {
        List<String> tableNames = List.copyOf(pipeline.tables().keySet());
        List<List<Slot>> slotsOfTable = new ArrayList<>();
        tableNames.forEach(name -> slotsOfTable.add(new ArrayList<>()));
        List<Slot> slots = new ArrayList<>();
        List<String> numbers = new ArrayList<>();
        Map<String, Group> groups = new LinkedHashMap<>();
        for (FeatureConfig feature : pipeline.features()) {
            Group group = groups.computeIfAbsent(
                    feature.group(), name -> new Group(name, new ArrayList<>(), new ArrayList<>()));
            if (feature.slot() == FeatureConfig.Slot.NUMBER) {
                group.numbers().add(numbers.size());
                numbers.add(feature.name());
            } else {
                int table = tableNames.indexOf(feature.table());
                List<Slot> ofTable = slotsOfTable.get(table);
                boolean mean = feature.pooling() != FeatureConfig.Pooling.SUM;
                Slot slot = new Slot(feature.name(), slots.size(), table, ofTable.size(), mean);
                slots.add(slot);
                ofTable.add(slot);
                group.slots().add(slot);
            }
        }
        int bias = pipeline.ranker().wide() ? 1 : 0;
        List<Table> tables = new ArrayList<>();
        for (int t = 0; t < tableNames.size(); t++) {
            TableConfig table = pipeline.tables().get(tableNames.get(t));
            int width = table.dimension() + bias;
            tables.add(new Table(table.name(), t, table.dimension(), width, List.copyOf(slotsOfTable.get(t))));
        }
        return new FeatureLayout(
                List.copyOf(tables),
                List.copyOf(slots),
                List.copyOf(numbers),
                groups.values().stream().map(FeatureLayout::frozen).toList());
    }

    private static Group frozen(Group group) {
        return new Group(group.name(), List.copyOf(group.slots()), List.copyOf(group.numbers()));
    }
}

package io.freshet.contracts.pipeline;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must hold between the parts of a pipeline, each of which is right by itself. */
final class PipelineRules {
    private PipelineRules() {}

    static void checkTopics(String name, EventTopic impressions, EventTopic actions, Problems problems) {
        if (actions.topic().equals(impressions.topic())) {
            problems.add(
                    "actions.topic",
                    "'" + actions.topic() + "' is the topic of the impressions already. Give each its own topic.");
        }
        checkNotWritten("impressions.topic", name, impressions, problems);
        checkNotWritten("actions.topic", name, actions, problems);
    }

    private static void checkNotWritten(String key, String name, EventTopic events, Problems problems) {
        if (PipelineTopics.of(name).all().contains(events.topic())) {
            problems.add(
                    key,
                    "'" + events.topic() + "' is a topic that this pipeline writes. Rename the topic or the pipeline.");
        }
    }

    static void checkTables(Map<String, TableConfig> tables, Problems problems) {
        if (tables.isEmpty()) {
            problems.add("tables", "is empty. Name at least one table of rows, such as item: {dimension: 16}.");
        }
        tables.forEach((name, table) -> problems.require(
                table.name().equals(name), "tables." + name, "filed under its own name, " + name, table.name()));
    }

    static void checkFeatures(List<FeatureConfig> features, Map<String, TableConfig> tables, Problems problems) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < features.size(); i++) {
            FeatureConfig feature = features.get(i);
            String path = "features[" + i + "]";
            checkUnique(path + ".name", "features", feature.name(), seen.putIfAbsent(feature.name(), i), problems);
            if (feature.hasTable() && !tables.containsKey(feature.table())) {
                problems.add(
                        path + ".table",
                        "'" + feature.table() + "' is no table of this pipeline. "
                                + Nearest.advice(feature.table(), tables.keySet()));
            }
        }
        if (features.stream().noneMatch(FeatureConfig::hasTable)) {
            problems.add("features", "has no feature with a table. Name at least one of slot id, ids or sequence.");
        }
    }

    static void checkTasks(List<TaskConfig> tasks, Problems problems) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < tasks.size(); i++) {
            String name = tasks.get(i).name();
            checkUnique("tasks[" + i + "].name", "tasks", name, seen.putIfAbsent(name, i), problems);
        }
        if (tasks.isEmpty()) {
            problems.add("tasks", "is empty. Name at least one, such as {name: like, action: like, window: 1h}.");
            return;
        }
        TaskConfig first = tasks.get(0);
        if (first.type() != TaskConfig.Type.BINARY || first.given() != null) {
            problems.add("tasks[0]", "is the headline of every report, so it must be binary and given nothing.");
        }
        for (int i = 0; i < tasks.size(); i++) {
            checkReferences("tasks[" + i + "].", tasks.get(i), tasks.subList(0, i), problems);
        }
    }

    /** What a task refers to stands before it, so that nothing goes round in circles. */
    private static void checkReferences(String path, TaskConfig task, List<TaskConfig> before, Problems problems) {
        Map<String, TaskConfig> binary = new LinkedHashMap<>();
        before.stream()
                .filter(each -> each.type() == TaskConfig.Type.BINARY)
                .forEach(each -> binary.put(each.name(), each));
        String given = task.given();
        if (given != null && !binary.containsKey(given)) {
            String what = "'" + given + "' is no binary task above this one. ";
            problems.add(path + "given", what + Nearest.advice(given, binary.keySet()));
        }
        String of = task.of();
        if (of != null && !binary.containsKey(of)) {
            problems.add(
                    path + "of",
                    "'" + of + "' is no binary task above this one. " + Nearest.advice(of, binary.keySet()));
        } else if (of != null && binary.get(of).given() == null) {
            problems.add(path + "of", "'" + of + "' is given nothing to multiply it by. Set its key given.");
        }
    }

    private static void checkUnique(String key, String list, String name, Integer before, Problems problems) {
        if (before != null) {
            problems.add(key, "'" + name + "' is the name of " + list + "[" + before + "] already. Choose another.");
        }
    }
}

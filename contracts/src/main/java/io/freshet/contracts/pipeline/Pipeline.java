package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A whole pipeline file, checked: whatever exists as a {@code Pipeline} can be run.
 *
 * @param name names the job, and prefixes the topics that Freshet writes
 * @param tables by name, in the order of the file
 * @param features in the order of the file
 * @param tasks in the order of the file; the first one is the headline of every report
 */
public record Pipeline(
        String name,
        EventTopic impressions,
        EventTopic actions,
        Map<String, TableConfig> tables,
        List<FeatureConfig> features,
        List<TaskConfig> tasks,
        JoinConfig join,
        RankerConfig ranker,
        TrainingConfig training,
        PublishConfig publish,
        RestoreConfig restore,
        KafkaConfig kafka)
        implements Serializable {
    public Pipeline {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
        features = List.copyOf(features);
        tasks = List.copyOf(tasks);
        Problems problems = new Problems();
        problems.require(Names.isTopic(name), "name", Names.TOPIC_RULE, name);
        PipelineRules.checkTopics(name, impressions, actions, problems);
        PipelineRules.checkTables(tables, problems);
        PipelineRules.checkFeatures(features, tables, problems);
        PipelineRules.checkTasks(tasks, problems);
        problems.throwIfAny();
    }

    /** The tasks whose labels come from actions, in the order of the file. */
    public List<TaskConfig> labelledTasks() {
        return tasks.stream().filter(TaskConfig::isLabelled).toList();
    }
}

package io.freshet.flink.job;

import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.encode.ExampleEncoder;
import io.freshet.flink.join.JoinedExample;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which rows examples name. */
final class RowIds {
    private RowIds() {}

    /** By table, of a pipeline whose features are user, then item and recent, with tables of users and of items. */
    static List<Set<Long>> of(Pipeline pipeline, List<JoinedExample> examples) {
        List<Set<Long>> ids = List.of(new TreeSet<>(), new TreeSet<>());
        ExampleEncoder encoder = new ExampleEncoder(pipeline);
        for (JoinedExample example : examples) {
            EncodedFeatures features = encoder.encode(example).features();
            for (int i = 0; i < features.ids().length; i++) {
                ids.get(i < features.offsets()[1] ? 0 : 1).add(features.ids()[i]);
            }
        }
        return ids;
    }
}

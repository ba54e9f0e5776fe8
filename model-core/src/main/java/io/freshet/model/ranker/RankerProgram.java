package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.model.program.Graph;
import io.freshet.model.program.Program;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The whole program around a ranker, the same for all types:
 *
 * <pre>
 *   features -> ranker -> + bias of every row (wide) + prior -> logits -> losses of the tasks -> weighted mean -> loss
 *                    \______________________________ auxiliary logits, penalties _______________________/
 * </pre>
 *
 * <p>Inputs: those of {@link FeatureInputs}; prior [tasks]; those of {@link TaskLosses}; example_weights [B].
 */
final class RankerProgram {
    private final Graph graph = new Graph();
    private final List<TaskConfig> tasks;
    private final TaskHeads heads;
    private final FeatureInputs features;
    private final Ranker.Result result;
    private final Tensor prior;

    private RankerProgram(FeatureLayout layout, List<TaskConfig> tasks, Ranker ranker) {
        this.tasks = tasks;
        heads = new TaskHeads(graph, tasks);
        features = new FeatureInputs(graph, layout);
        result = ranker.apply(graph, features);
        prior = heads.ownOf(graph.input("prior", Axis.of("tasks", tasks.size())));
    }

    /** The program of a ranker. */
    static Program of(FeatureLayout layout, List<TaskConfig> tasks, Ranker ranker) {
        return new RankerProgram(layout, tasks, ranker).build();
    }

    private Program build() {
        Tensor own = withBiasAndPrior(result.logits()); // [B, own]
        Tensor logits = heads.complete(own); // [B, tasks]
        TaskLosses losses = new TaskLosses(graph, tasks);
        Tensor ofExamples = losses.of(logits); // [B]
        for (Ranker.Auxiliary auxiliary : result.auxiliary()) {
            Tensor loss = losses.of(heads.complete(onItsBase(auxiliary, own)));
            ofExamples = ofExamples.plus(loss.times(auxiliary.weight()));
        }
        Tensor exampleWeights = graph.input("example_weights", Shape.BATCH);
        Tensor loss = ofExamples.times(exampleWeights).mean(0); // []
        for (Ranker.Penalty penalty : result.penalties()) {
            loss = loss.plus(penalty.value().times(penalty.weight()));
        }
        return graph.build(new Program.Outputs(logits, loss));
    }

    private Tensor onItsBase(Ranker.Auxiliary auxiliary, Tensor own) {
        return switch (auxiliary.base()) {
            case NONE -> auxiliary.logits();
            case BIAS_AND_PRIOR -> withBiasAndPrior(auxiliary.logits());
            case LOGITS -> auxiliary.logits().plus(own);
        };
    }

    private Tensor withBiasAndPrior(Tensor logits) {
        Optional<Tensor> bias = features.wide(); // [B, 1], the same for all tasks
        Tensor biased = bias.map(each -> logits.plus(
                        graph.concat(1, Collections.nCopies(logits.shape().size(1), each))))
                .orElse(logits);
        return biased.plus(prior);
    }
}

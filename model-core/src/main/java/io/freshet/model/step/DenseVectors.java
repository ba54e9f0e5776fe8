package io.freshet.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import io.freshet.contracts.pipeline.TrainingConfig;
import io.freshet.model.program.Parameter;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.script.StepTail;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The dense weights that are learnt by gradient, their gradient and the optimizer's state on the device, as the arguments
 * that {@link StepTail} takes. Owned by one thread.
 */
final class DenseVectors {
    private final Type type;
    private final NDArray weights;
    private final NDArray gradient;
    private final List<NDArray> state = new ArrayList<>();
    private final NDList fixed = new NDList(); // Arguments that stay from step to step.
    private final LearningRate learningRate;
    private long updates;

    /** Vectors that belong to a manager, and start from a state. */
    DenseVectors(NDManager manager, ModelPlan plan, TrainingConfig config, float[] dense, OptimizerState optimizer) {
        type = optimizer.type();
        weights = argument(StepTail.WEIGHTS, manager.create(Arrays.copyOf(dense, plan.priorOffset())));
        gradient = argument(StepTail.GRADIENTS, manager.create(new Shape(plan.priorOffset())));
        for (int i = 0; i < optimizer.vectors().size(); i++) {
            NDArray vector = manager.create(optimizer.vectors().get(i));
            state.add(argument(StepTail.STATE.get(i), vector));
        }
        if (config.optimizer().weightDecay() > 0) {
            argument(StepTail.DECAYS, manager.create(decays(plan)));
        }
        learningRate = new LearningRate(config.optimizer().learningRate(), config.schedule());
        updates = optimizer.updates();
    }

    private NDArray argument(String name, NDArray vector) {
        vector.setName(name + "[]"); // The engine makes a list of it.
        fixed.add(vector);
        return vector;
    }

    /** 1 for a weight that decays. Gains and biases, the parameters that start as one number, do not. */
    private static float[] decays(ModelPlan plan) {
        float[] decays = new float[plan.priorOffset()];
        for (Parameter parameter : plan.program().parameters()) {
            boolean isMatrix = !(parameter.initial() instanceof Parameter.Initial.Constant);
            Arrays.fill(decays, parameter.offset(), parameter.offset() + parameter.size(), isMatrix ? 1 : 0);
        }
        return decays;
    }

    /** The arguments of the next step, before the program's inputs. */
    NDList arguments(NDManager call) {
        NDList arguments = new NDList(fixed);
        NDArray number = call.create(updates + 1f);
        number.setName(StepTail.UPDATE + "[]");
        arguments.add(number);
        arguments.add(call.create(learningRate.after(updates)));
        return arguments;
    }

    /** The step has changed the weights. */
    void updated() {
        updates++;
    }

    /** The weights, under the name of an argument. */
    NDArray weights() {
        return weights;
    }

    /** The gradient that the last step computed. */
    NDArray gradient() {
        return gradient;
    }

    /** A copy of the optimizer's state. */
    OptimizerState state() {
        List<float[]> vectors = new ArrayList<>();
        for (NDArray vector : state) {
            float[] values = new float[Math.toIntExact(vector.size())];
            vector.toByteBuffer(true).asFloatBuffer().get(values);
            vectors.add(values);
        }
        return new OptimizerState(type, updates, List.copyOf(vectors));
    }
}

package io.freshet.model.script;

import io.freshet.contracts.pipeline.DenseOptimizerConfig;
import io.freshet.contracts.pipeline.DenseOptimizerConfig.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a training step as lines of TorchScript: from the gradients to changed weights.
 *
 * <ol>
 *   <li>One reduction over the dense gradient and one over each table's tell whether everything is finite: its norm is not
 *       when one of its numbers is not. If so, and the loss is finite too:
 *   <li>the dense gradient is scaled down to {@code clipNorm} where it is longer, as by PyTorch's {@code clip_grad_norm_};
 *   <li>weights decay, but gains and biases: coupled to the gradient, or for AdamW beside it;
 *   <li>the fused optimizer changes weights and its state in place.
 * </ol>
 *
 * <p>Otherwise nothing changes at all.
 *
 * <p>Arguments of the method, before the inputs of the program; each list holds one flat vector [n]:
 *
 * <pre>
 *   weights           changed in place
 *   gradients         complete by now; not changed
 *   state_0, state_1  the optimizer's vectors, changed in place; the second for Adam only
 *   decays            1 for a weight that decays, 0 for another; only where weights decay
 *   update            float32 [], the number of this update, from 1
 *   rate              float64 [], learning rate
 * </pre>
 *
 * <p>The lists come from outside because TorchScript drops a fused optimizer whose lists are made inside the script: it
 * takes the lists, not the tensors in them, for what is changed, and sees nobody read them.
 */
public final class StepTail {
    /** The flat dense weights, a list of one. */
    public static final String WEIGHTS = "weights";

    /** The flat dense gradient, a list of one. */
    public static final String GRADIENTS = "gradients";

    /** Where the optimizer's vectors go, in order; each a list of one. */
    public static final List<String> STATE = List.of("state_0", "state_1");

    /** Which weights decay; a list of one. */
    public static final String DECAYS = "decays";

    /** The number of the update; a list of one. */
    public static final String UPDATE = "update";

    /** What the lines leave behind: [2], 1 if the step was made and 0 if it was skipped, norm of the dense gradient. */
    public static final String HEALTH = "health";

    /** The learning rate. */
    public static final String RATE = "rate";

    /** What PyTorch's {@code clip_grad_norm_} adds to the norm. */
    private static final double CLIP_EPSILON = 1e-6;

    private static final String NO_TENSORS = "annotate(List[Tensor], [])";

    private final DenseOptimizerConfig optimizer;
    private final double clipNorm;

    /**
     * The tail of an optimizer.
     *
     * @param clipNorm longest dense gradient; 0 for any length
     */
    public StepTail(DenseOptimizerConfig optimizer, double clipNorm) {
        this.optimizer = optimizer;
        this.clipNorm = clipNorm;
    }

    /** Whether {@link #DECAYS} is an argument. */
    public boolean hasDecay() {
        return optimizer.weightDecay() > 0;
    }

    /** Declarations of the arguments above, in order. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add(WEIGHTS + ": List[Tensor]");
        arguments.add(GRADIENTS + ": List[Tensor]");
        STATE.subList(0, optimizer.type().isAdam() ? 2 : 1).forEach(state -> arguments.add(state + ": List[Tensor]"));
        if (hasDecay()) {
            arguments.add(DECAYS + ": List[Tensor]");
        }
        arguments.add(UPDATE + ": List[Tensor]");
        arguments.add(RATE + ": Tensor");
        return arguments;
    }

    /**
     * The lines, which leave {@link #HEALTH} behind.
     *
     * @param loss variable of the loss []
     * @param rowGradients variables of the gradients of each table's rows
     */
    public List<String> lines(String loss, List<String> rowGradients) {
        List<String> lines = new ArrayList<>();
        lines.add("norm = torch.sqrt(torch.dot(gradients[0], gradients[0]))"); // Half the time of the norm's own
        // operation.
        lines.add("together = torch.add(norm, " + loss + ")"); // Finite only if all of its terms are.
        for (String rows : rowGradients) {
            lines.add("together = torch.add(together, torch.linalg_vector_norm(" + rows + "))");
        }
        lines.add("sound = torch.isfinite(together)");
        lines.add("if bool(sound):");
        update().forEach(line -> lines.add("  " + line));
        lines.add("else:");
        lines.add("  pass");
        lines.add(HEALTH + " = torch.stack([torch.to(sound, ops.prim.dtype(norm)), norm])");
        return lines;
    }

    private List<String> update() {
        List<String> lines = new ArrayList<>();
        lines.add("learning_rate = float(" + RATE + ")");
        lines.add("step = gradients[0]");
        if (clipNorm > 0) {
            lines.add("share = torch.div(" + clipNorm + ", torch.add(float(norm), " + CLIP_EPSILON + "))");
            lines.add("if torch.lt(share, 1.):");
            lines.add("  step = torch.mul(step, share)");
            lines.add("else:");
            lines.add("  pass");
        }
        if (hasDecay() && optimizer.type() == Type.ADAMW) {
            lines.add("decay = torch.mul(-" + optimizer.weightDecay() + ", learning_rate)");
            lines.add("decayed = torch.addcmul_(weights[0], weights[0], decays[0], value=decay)");
        } else if (hasDecay()) {
            lines.add("step = torch.addcmul(step, weights[0], decays[0], value=" + optimizer.weightDecay() + ")");
        }
        lines.addAll(optimize());
        return lines;
    }

    private List<String> optimize() {
        return switch (optimizer.type()) {
            case ADAGRAD -> adagrad();
            case ADAM, ADAMW ->
                List.of(("torch._fused_adam_(weights, [step], state_0, state_1, %s, update,"
                                + " lr=learning_rate, beta1=%s, beta2=%s, weight_decay=0., eps=%s, amsgrad=False,"
                                + " maximize=False)")
                        .formatted(NO_TENSORS, optimizer.beta1(), optimizer.beta2(), optimizer.epsilon()));
            case SGD ->
                List.of(("torch._fused_sgd_(weights, [step], %s, weight_decay=0., momentum=%s, lr=learning_rate,"
                                + " dampening=0., nesterov=%s, maximize=False, is_first_step=False)")
                        .formatted(
                                optimizer.momentum() > 0 ? "state_0" : NO_TENSORS, // The kernel refuses idle memory.
                                optimizer.momentum(),
                                optimizer.nesterov() ? "True" : "False"));
        };
    }

    /** The fused kernel is for CPUs only. */
    private List<String> adagrad() {
        return List.of(
                "if ops.prim.is_cuda(weights[0]):",
                "  squares = torch.addcmul_(state_0[0], step, step)",
                "  root = torch.add_(torch.sqrt(squares), " + optimizer.epsilon() + ")",
                "  moved = torch.addcdiv_(weights[0], step, root, value=torch.neg(learning_rate))",
                "else:",
                "  torch._fused_adagrad_(weights, [step], state_0, update, lr=learning_rate, lr_decay=0.,"
                        + " weight_decay=0., eps=" + optimizer.epsilon() + ", maximize=False)");
    }
}

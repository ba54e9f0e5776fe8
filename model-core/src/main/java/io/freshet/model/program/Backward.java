package io.freshet.model.program;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A step of a program, seen by the rule that differentiates it: its inputs, its results, their gradients, and where to
 * put the gradients of the inputs.
 */
public final class Backward {
    private final Gradients sweep;
    private final Program.Step step;

    Backward(Gradients sweep, Program.Step step) {
        this.sweep = sweep;
        this.step = step;
    }

    /**
     * How an axis is cut into pieces that are tensors of their own.
     *
     * @param sizes of the pieces; none when the entries of the first axis lose that axis
     */
    record Cut(int axis, List<Integer> sizes) {
        static final Cut INTO_ENTRIES = new Cut(0, List.of());
    }

    /** The i-th input. */
    public Tensor in(int i) {
        return sweep.tensor(step.in().get(i));
    }

    /** All inputs. */
    public List<Tensor> ins() {
        return step.in().stream().map(sweep::tensor).toList();
    }

    /** The first result. */
    public Tensor out() {
        return out(0);
    }

    /** The i-th result. */
    public Tensor out(int i) {
        return sweep.tensor(step.first() + i);
    }

    /** The gradient of the first result. */
    public Tensor gradient() {
        return gradient(0);
    }

    /** The gradient of the i-th result; zeros if nobody used it. */
    public Tensor gradient(int i) {
        return sweep.gradient(out(i));
    }

    /** Adds a step to the program. */
    public Tensor step(Op op, Shape shape, Tensor... in) {
        return out().graph().step(op, shape, in);
    }

    /** Adds a step with several results. */
    public List<Tensor> steps(Op op, List<Shape> shapes, Tensor... in) {
        return out().graph().steps(op, shapes, in);
    }

    /** Adds a step whose result has the shape of its first input. */
    public Tensor elementwise(Op op, Tensor... in) {
        return step(op, in[0].shape(), in);
    }

    /** Adds to the gradient of the i-th input; does not even ask for it if nobody wants that. */
    public void give(int i, Supplier<Tensor> gradient) {
        int input = step.in().get(i);
        if (sweep.wants(input)) {
            sweep.add(input, gradient.get());
        }
    }

    /** Adds to the gradients of all inputs. */
    public void giveAll(List<Tensor> gradients) {
        IntStream.range(0, gradients.size()).forEach(i -> give(i, () -> gradients.get(i)));
    }

    /** Adds the result's gradient to that of a piece of the only input; all pieces are joined at once. */
    void givePiece(Cut cut, int piece) {
        sweep.addPiece(step.in().get(0), cut, piece, gradient());
    }

    UnsupportedOperationException withoutRule() {
        return new UnsupportedOperationException(
                ("%s: no gradient is known for %s, in the way from the loss to a parameter. Give it a rule (see package"
                                + " io.freshet.model.program), or keep it out of the loss.")
                        .formatted(step.layer().isEmpty() ? "program" : step.layer(), step.op()));
    }
}

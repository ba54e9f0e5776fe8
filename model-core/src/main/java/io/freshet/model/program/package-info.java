/**
 * Tensor programs: what a ranker computes, with all shapes checked while it is written down.
 *
 * <p>Start at {@link io.freshet.model.program.Graph}: layers add steps to it through
 * {@link io.freshet.model.program.Tensor}. The finished {@link io.freshet.model.program.Program} is carried out by an
 * {@link io.freshet.model.program.Executor}: package {@code script} writes TorchScript, package {@code oracle} computes
 * in float64. {@link io.freshet.model.program.TrainingProgram} is the same program followed by the gradients of its
 * loss, which {@link io.freshet.model.program.Gradients} adds as further steps. Knows no engine.
 *
 * <p>To add an operation:
 *
 * <ol>
 *   <li>a record in the family of {@link io.freshet.model.program.Op} that it belongs to, with {@code on}, which hands it
 *       to an executor, and {@code backward}, which gives the gradients of its inputs as further steps;
 *   <li>a method in {@link io.freshet.model.program.Tensor} (or {@code Graph}) that checks shapes;
 *   <li>a method in {@link io.freshet.model.program.Executor}, and in its two implementations. One that only backward
 *       steps use is added likewise, without a method in {@code Tensor} and without {@code backward};
 *   <li>an {@code OpCase} in the tests, which compare it with the engine's autograd, with finite differences, and the
 *       script with the oracle.
 * </ol>
 *
 * <p>An operation may have several results: it has as many shapes, and {@code on} returns as many values. A kernel is
 * such a one: forward gives the result and what backward wants to see again; backward gives the gradients of all inputs
 * at once. {@code KernelOp} shows it, {@code swiglu.py} beside {@code ScriptBody} is its text. It changes none of its
 * arguments but the memory it is given for the gradients of weights: other steps may read the same gradient.
 *
 * <p>Dimension letters: B examples, T tokens, D width of a token, H heads of the mixing, n expansion, F features of a
 * table, U different rows of a batch.
 */
package io.freshet.model.program;

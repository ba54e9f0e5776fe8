/**
 * Tensor programs: what a ranker computes, with all shapes checked while it is written down.
 *
 * <p>Start at {@link io.freshet.model.program.Graph}: layers add steps to it through
 * {@link io.freshet.model.program.Tensor}. The finished {@link io.freshet.model.program.Program} is carried out by an
 * {@link io.freshet.model.program.Executor}: package {@code script} writes TorchScript, package {@code oracle} computes
 * in float64. Knows no engine.
 *
 * <p>Dimension letters: B examples, T tokens, D width of a token, H heads of the mixing, n expansion, F features of a
 * table, U different rows of a batch.
 */
package io.freshet.model.program;

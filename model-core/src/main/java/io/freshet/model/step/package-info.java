/**
 * Learning from a batch. Start at {@link io.freshet.model.step.TrainingStep}; what it must remember is in
 * {@link io.freshet.model.step.DenseState}, and why a batch taught nothing in {@link io.freshet.model.step.Fault}.
 */
package io.freshet.model.step;

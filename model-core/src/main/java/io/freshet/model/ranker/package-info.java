/**
 * Rankers, and the plan that fixes everything about one. Start at {@link io.freshet.model.ranker.ModelPlan}; the figure
 * of the paper is {@code TokenMixerLarge}.
 */
package io.freshet.model.ranker;

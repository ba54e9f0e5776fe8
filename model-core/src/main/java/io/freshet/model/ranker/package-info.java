/**
 * Rankers, and the plan that fixes everything about one. Start at {@link io.freshet.model.ranker.ModelPlan}; the figure
 * of the paper is {@code TokenMixerLarge}, and {@code RankMixer}, {@code DcnV2} and {@code DlrmMlp} are what it is compared
 * with. {@code RankerProgram} is what they share. A new one implements {@code Ranker}.
 */
package io.freshet.model.ranker;

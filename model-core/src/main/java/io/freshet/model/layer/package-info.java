/**
 * The parts of TokenMixer-Large (arXiv 2602.06563), one class each. Start at
 * {@link io.freshet.model.layer.TokenMixerBlock}; the whole ranker is
 * {@link io.freshet.model.ranker.TokenMixerLarge}.
 *
 * <p>Inside the blocks tokens are the first axis: [T, B, D].
 */
package io.freshet.model.layer;

/**
 * The parts of rankers, one class each. Start at {@link io.freshet.model.layer.TokenMixerBlock} for TokenMixer-Large (arXiv
 * 2602.06563), {@link io.freshet.model.layer.RankMixerBlock} for RankMixer (arXiv 2507.15551) and
 * {@link io.freshet.model.layer.CrossLayer} for DCN V2 (arXiv 2008.13535); the whole rankers are in
 * {@link io.freshet.model.ranker}.
 *
 * <p>Inside the blocks tokens are the first axis: [T, B, D].
 */
package io.freshet.model.layer;

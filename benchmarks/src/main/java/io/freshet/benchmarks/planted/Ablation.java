package io.freshet.benchmarks.planted;

import io.freshet.benchmarks.run.Rankers;
import io.freshet.benchmarks.run.Variant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rows of the tables: parts of TokenMixer-Large taken away one at a time, other rankers at as many weights, and depths.
 *
 * @param width D of TokenMixer-Large
 * @param heads H
 * @param layers L
 * @param rates learning rates of the dense weights: the first one for the parts, all of them for each ranker
 */
record Ablation(int width, int heads, int layers, List<Double> rates) {
    private static final int RANK_MIXER_TOKENS = 8;

    /** The whole ranker; the first row of the first two tables. */
    Variant whole() {
        return tokenMixer("TokenMixer-Large", layers, 2, "");
    }

    /** The paper's ablations (its tables 5 and 6), and the sparse form. */
    List<Variant> parts() {
        return List.of(
                whole(),
                tokenMixer("no mixing and reverting", layers, 2, ", block: {mixing: false}"),
                tokenMixer("shared SwiGLU", layers, 2, ", block: {ffn: shared-swiglu}"),
                // Two matrices instead of three, so half as wide again.
                tokenMixer("per-token FFN", layers, 3, ", block: {ffn: per-token-ffn}"),
                tokenMixer("no residual", layers, 2, ", block: {residual: false}, init: {down: 1}"),
                tokenMixer("no interval residual", layers, 2, ", block: {interval: 0}"),
                tokenMixer("with auxiliary loss 0.1", layers, 2, ", auxiliary: {weight: 0.1}"),
                tokenMixer("no global token", layers, 2, ", tokens: {global: none}"),
                tokenMixer("no small initialisation", layers, 2, ", init: {down: 1}"),
                tokenMixer("block by the equations", layers, 2, ", block: {form: equations}"),
                tokenMixer("sparse experts, 4 of 8", layers, 2, ", moe: {experts: 8, active: 4}"),
                tokenMixer("sparse, gates not scaled", layers, 2, ", moe: {experts: 8, active: 4, gate-scale: 1}"),
                tokenMixer("sparse, 2 of 8", layers, 2, ", moe: {experts: 8, active: 2, gate: full}"));
    }

    /** Rankers with as many dense weights as the whole one, as nearly as their widths allow. */
    List<Variant> rankers(String template) {
        return Rankers.ofTheSizeOf(whole(), template, RANK_MIXER_TOKENS).stream()
                .flatMap(ranker -> ranker.at(rates).stream())
                .toList();
    }

    /** The whole ranker with more and more blocks, all else equal. */
    List<Variant> depths() {
        return Stream.of(2, 6, 12, 24)
                .map(blocks -> tokenMixer("%d blocks".formatted(blocks), blocks, 2, ""))
                .toList();
    }

    private Variant tokenMixer(String name, int blocks, int expansion, String more) {
        String ranker = "type: token-mixer-large, width: %d, heads: %d, layers: %d, expansion: %d%s"
                .formatted(width, heads, blocks, expansion, more);
        return new Variant(name, ranker, rates.get(0));
    }
}

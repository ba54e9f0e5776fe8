package io.freshet.benchmarks.step;

/**
 * Sizes of a step that is measured; letters as in the TokenMixer-Large paper.
 *
 * @param batch B
 * @param tokens T, the global one included
 * @param heads H
 * @param width D
 * @param expansion n
 * @param layers L
 * @param threads intra-op threads of the engine
 */
public record StepShape(int batch, int tokens, int heads, int width, int expansion, int layers, int threads) {
    public StepShape {
        if (tokens < 2 || width % heads != 0) {
            throw new IllegalArgumentException(
                    "A step needs at least 2 tokens and heads that divide the width, not %d tokens and %d heads of %d."
                            .formatted(tokens, heads, width));
        }
    }

    /** Width of a mixed token, T D / H. */
    public int mixedWidth() {
        return tokens * (width / heads);
    }

    /**
     * Floating-point operations of the blocks' matrix products, forward and backward: two for each multiply-add, three
     * products of a kind (the value, its gradient by the input, its gradient by the weight). Tokenizers, tower, norms
     * and everything else that goes by element are not counted, so the rate that is computed from it is a modest one.
     */
    public double flops() {
        return 3.0 * layers * (ffnFlops(heads, mixedWidth()) + ffnFlops(tokens, width));
    }

    /** Forward products of a per-token SwiGLU: gate, up and down. */
    private double ffnFlops(int positions, int positionWidth) {
        return 2.0 * 3 * batch * positions * (double) positionWidth * expansion * positionWidth;
    }
}

package io.freshet.model.layer;

import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.program.Tensor;

/**
 * Deals the slices of every token out to H mixed tokens, and takes them back. No weights; H need not equal T.
 * TokenMixer-Large, "mixing and reverting".
 *
 * <pre>
 *   mix     [T, B, D] to [H, B, T d]   mix(x)[h, b, t d + c] = x[t, b, h d + c]      d = D / H
 *   revert  [H, B, T d] to [T, B, D]   its inverse
 * </pre>
 *
 * <p>Tokens come first here, unlike in the paper, so that the products per token need no transposition.
 */
public final class TokenMixing {
    private final Axis tokens;
    private final Axis heads;
    private final Axis width;
    private final Axis slice;

    /**
     * A mixing of {@code tokens} into {@code heads}.
     *
     * @throws IllegalArgumentException if the heads do not divide the width
     */
    public TokenMixing(Axis tokens, Axis heads, Axis width) {
        if (width.size() % heads.size() != 0) {
            throw new IllegalArgumentException(
                    "ranker.width is %d, which ranker.heads %d does not divide: heads take equal slices of a token."
                            .formatted(width.size(), heads.size()));
        }
        this.tokens = tokens;
        this.heads = heads;
        this.width = width;
        this.slice = Axis.of("D/H", width.size() / heads.size());
    }

    /** The mixed tokens, H. */
    Axis heads() {
        return heads;
    }

    /** Width of a mixed token, T d. */
    public Axis mixedWidth() {
        return Axis.of("T*D/H", tokens.size() * slice.size());
    }

    /** Mixed tokens [H, B, T d] of tokens [T, B, D]. */
    public Tensor mix(Tensor x) {
        return x.reshape(tokens, Shape.BATCH, heads, slice) // [T, B, H, d]
                .transpose(2, 1, 0, 3) // [H, B, T, d]
                .reshape(heads, Shape.BATCH, mixedWidth());
    }

    /** Tokens [T, B, D] of mixed tokens [H, B, T d]. */
    public Tensor revert(Tensor mixed) {
        return mixed.reshape(heads, Shape.BATCH, tokens, slice) // [H, B, T, d]
                .transpose(2, 1, 0, 3) // [T, B, H, d]
                .reshape(tokens, Shape.BATCH, width);
    }
}

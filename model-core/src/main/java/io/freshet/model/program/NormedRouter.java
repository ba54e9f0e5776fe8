package io.freshet.model.program;

/**
 * What a sparse sublayer does with tokens before its experts.
 *
 * @param gain of the norm [D]
 * @param matrix the router's, [N, W, R]
 * @param mixed whether tokens are mixed to heads behind the norm
 * @param epsilon of the norm
 */
public record NormedRouter(Tensor gain, Tensor matrix, boolean mixed, double epsilon) {
    /** Throws unless gain and router are for tokens [T, B, D]. */
    void requireFor(Tensor x) {
        Shape tokens = x.shape();
        Shape router = matrix.shape();
        boolean fits =
                tokens.rank() == 3 && gain.shape().rank() == 1 && gain.shape().isTailOf(tokens);
        x.require(fits, "a sublayer needs [T, B, D] and a gain [D]", gain);
        int positions = router.rank() == 3 ? router.size(0) : 0;
        boolean fitsRouter = positions > 0
                && (mixed ? tokens.size(2) % positions == 0 : positions == tokens.size(0))
                && router.size(1) * positions == tokens.size(0) * tokens.size(2);
        x.require(fitsRouter, "a sublayer needs a router [T, D, R], or mixed [H, T D / H, R]", matrix);
    }
}

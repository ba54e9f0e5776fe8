package io.freshet.model.metric;

/**
 * How many rows each routed expert of a layer was given.
 *
 * @param layer name of the layer, such as {@code block.0.mix_ffn}
 * @param experts routed experts of a position
 * @param rows [positions, experts]
 */
public record ExpertRows(String layer, int experts, float[] rows) {
    /** Experts work for one position only. */
    public int positions() {
        return rows.length / experts;
    }
}

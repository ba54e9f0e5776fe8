package io.freshet.model.metric;

/**
 * How evenly a layer's routers use their experts. A position's rows are shared out among its own experts only, so
 * positions are looked at one by one.
 *
 * @param layer name of the layer, such as {@code block.0.mix_ffn}
 * @param busiestShare the largest share that one expert has of its position's rows; 1 / experts when even
 * @param idle experts that got no row, over all positions
 * @param entropy of the shares over the entropy of even ones, mean over the positions: 1 is even, 0 is one expert for
 *     everything
 */
public record ExpertLoad(String layer, double busiestShare, int idle, double entropy) {
    /** The load that some rows are; NaN where there are none. */
    static ExpertLoad of(ExpertRows rows) {
        double busiest = 0;
        int idle = 0;
        double entropies = 0;
        for (int position = 0; position < rows.positions(); position++) {
            int first = position * rows.experts();
            double all = 0;
            for (int i = first; i < first + rows.experts(); i++) {
                all += rows.rows()[i];
            }
            double entropy = 0;
            for (int i = first; i < first + rows.experts(); i++) {
                double share = rows.rows()[i] / all;
                busiest = Math.max(busiest, share);
                idle += share > 0 ? 0 : 1;
                entropy -= share == 0 ? 0 : share * Math.log(share);
            }
            entropies += rows.experts() == 1 ? 1 : entropy / Math.log(rows.experts());
        }
        return new ExpertLoad(rows.layer(), busiest, idle, entropies / rows.positions());
    }
}

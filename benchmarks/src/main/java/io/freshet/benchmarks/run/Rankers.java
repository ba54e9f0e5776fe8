package io.freshet.benchmarks.run;

import java.util.List;

/** The rankers that TokenMixer-Large is compared with, each at its size. */
public final class Rankers {
    private Rankers() {}

    /**
     * A TokenMixer-Large, then RankMixer, DCNv2 and DLRM-MLP with as many dense weights as it has, as nearly as their
     * widths allow, and its learning rate.
     *
     * @param tokens into how many RankMixer cuts the features; must divide the width of all of them together
     */
    public static List<Variant> ofTheSizeOf(Variant tokenMixer, String template, int tokens) {
        int size = tokenMixer.parameters(template);
        double rate = tokenMixer.learningRate();
        return List.of(
                tokenMixer,
                Variant.closest(template, size, k -> rankMixer(tokens, tokens * k, rate)),
                Variant.closest(template, size, k -> net("DCNv2", "dcn-v2", 8 * k, rate)),
                Variant.closest(template, size, k -> net("DLRM-MLP", "dlrm-mlp", 8 * k, rate)));
    }

    /** Two blocks, as its paper has. */
    private static Variant rankMixer(int tokens, int width, double rate) {
        String ranker = "type: rank-mixer, width: %d, heads: %d, layers: 2, expansion: 2".formatted(width, tokens);
        return new Variant("RankMixer", ranker, rate);
    }

    private static Variant net(String name, String type, int hidden, double rate) {
        return new Variant(name, "type: %s, hidden: [%d, %d]".formatted(type, 2 * hidden, hidden), rate);
    }
}

package io.freshet.contracts.feature;

import java.util.Arrays;

/**
 * The features of one impression as numbers, in the order of the pipeline file.
 *
 * @param ids 64-bit row ids of all features that have a table, feature after feature
 * @param offsets [F + 1]: ids of the f-th such feature are {@code ids[offsets[f] .. offsets[f + 1])}
 * @param numbers values of the number features, transformed
 */
public record EncodedFeatures(long[] ids, int[] offsets, float[] numbers) {
    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedFeatures that
                && Arrays.equals(ids, that.ids)
                && Arrays.equals(offsets, that.offsets)
                && Arrays.equals(numbers, that.numbers);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(ids) + Arrays.hashCode(offsets)) + Arrays.hashCode(numbers);
    }

    @Override
    public String toString() {
        return "EncodedFeatures[ids=" + Arrays.toString(ids) + ", offsets=" + Arrays.toString(offsets) + ", numbers="
                + Arrays.toString(numbers) + "]";
    }
}

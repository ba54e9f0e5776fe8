package io.freshet.contracts.feature;

import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.pipeline.FeatureConfig;
import io.freshet.contracts.pipeline.Pipeline;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Turns the features of an event into row ids and numbers.
 *
 * <p>The order is that of the pipeline file and of nothing else: features with a table, in file order, give the bags of
 * {@link EncodedFeatures#ids}; number features, in file order, give {@link EncodedFeatures#numbers}. Within a bag ids keep
 * the order of the event, repeats included; of more than {@code length} the last ones are kept.
 *
 * <p>A missing feature is an empty bag, or the number 0. Features that the pipeline does not name are ignored.
 *
 * <p>Threads: immutable, any number of threads may encode at once.
 */
public final class FeatureEncoder {
    private static final FeatureValue ABSENT = FeatureValue.getDefaultInstance();

    private final List<IdEncoder> bags;
    private final List<FeatureConfig> numbers;

    /** An encoder for the features of a pipeline. */
    public FeatureEncoder(Pipeline pipeline) {
        bags = pipeline.features().stream()
                .filter(FeatureConfig::hasTable)
                .map(IdEncoder::new)
                .toList();
        numbers = pipeline.features().stream()
                .filter(feature -> !feature.hasTable())
                .toList();
    }

    /**
     * Encodes the features of one event.
     *
     * @throws FeatureException naming the first feature whose value does not fit its slot
     */
    public EncodedFeatures encode(Map<String, FeatureValue> features) throws FeatureException {
        int[] offsets = new int[bags.size() + 1];
        long[] ids = new long[bags.size()]; // Enough when no feature has several.
        for (int f = 0; f < bags.size(); f++) {
            IdEncoder bag = bags.get(f);
            FeatureValue value = features.getOrDefault(bag.name(), ABSENT);
            int from = offsets[f];
            int count = bag.count(value);
            if (from + count > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(from + count, 2 * ids.length));
            }
            bag.encode(value, ids, from);
            offsets[f + 1] = from + count;
        }
        int total = offsets[bags.size()];
        return new EncodedFeatures(total == ids.length ? ids : Arrays.copyOf(ids, total), offsets, numbers(features));
    }

    private float[] numbers(Map<String, FeatureValue> features) throws FeatureException {
        float[] encoded = new float[numbers.size()];
        for (int n = 0; n < encoded.length; n++) {
            FeatureConfig feature = numbers.get(n);
            FeatureValue value = features.getOrDefault(feature.name(), ABSENT);
            encoded[n] = NumberEncoder.encode(feature, value);
        }
        return encoded;
    }
}

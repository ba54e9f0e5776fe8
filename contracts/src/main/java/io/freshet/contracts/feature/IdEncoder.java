package io.freshet.contracts.feature;

import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.pipeline.FeatureConfig;
import io.freshet.contracts.pipeline.FeatureConfig.Slot;
import java.util.List;

/** Encodes one feature that has a table. */
final class IdEncoder {
    private final FeatureConfig feature;
    private final FeatureHash hash;

    IdEncoder(FeatureConfig feature) {
        this.feature = feature;
        hash = FeatureHash.forTable(feature.table());
    }

    String name() {
        return feature.name();
    }

    /** How many ids the value gives. */
    int count(FeatureValue value) throws FeatureException {
        boolean one = feature.slot() == Slot.ID;
        return switch (value.getKindCase()) {
            case KIND_NOT_SET -> 0;
            case TEXT, INTEGER -> {
                if (!one) {
                    throw new FeatureException(
                            name(), "is a single value, but its slot takes a list. Send a list of one.");
                }
                yield 1;
            }
            case TOKENS -> {
                if (one) {
                    throw new FeatureException(
                            name(), "is a list, but its slot takes one id. Send a text or an integer.");
                }
                yield Math.min(value.getTokens().getValuesCount(), feature.length());
            }
            case NUMBER ->
                throw new FeatureException(
                        name(),
                        "is the number " + value.getNumber() + ", but its slot takes ids. Send a text or an integer.");
        };
    }

    /** Writes those ids to {@code ids[from ..]}. */
    void encode(FeatureValue value, long[] ids, int from) {
        switch (value.getKindCase()) {
            case TEXT -> ids[from] = hash.id(value.getText());
            case INTEGER -> ids[from] = hash.id(value.getInteger());
            case TOKENS -> {
                List<String> tokens = value.getTokens().getValuesList();
                int skipped = Math.max(0, tokens.size() - feature.length());
                for (int i = skipped; i < tokens.size(); i++) {
                    ids[from + i - skipped] = hash.id(tokens.get(i));
                }
            }
            default -> {
                // Absent: no ids. A number has been refused by count().
            }
        }
    }
}

package io.freshet.contracts.feature;

import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.pipeline.FeatureConfig;

/** Encodes one number feature. */
final class NumberEncoder {
    private NumberEncoder() {}

    static float encode(FeatureConfig feature, FeatureValue value) throws FeatureException {
        double number = switch (value.getKindCase()) {
            case KIND_NOT_SET -> 0;
            case INTEGER -> value.getInteger();
            case NUMBER -> value.getNumber();
            case TEXT -> throw notANumber(feature, "the text '" + value.getText() + "'");
            case TOKENS -> throw notANumber(feature, "a list");
        };
        float transformed = (float)
                switch (feature.transform()) {
                    case NONE -> number;
                    case LOG1P -> Math.signum(number) * Math.log1p(Math.abs(number));
                };
        if (!Float.isFinite(transformed)) {
            throw new FeatureException(
                    feature.name(), "is " + number + ", which no finite 32-bit float holds. Send a smaller number.");
        }
        return transformed;
    }

    private static FeatureException notANumber(FeatureConfig feature, String found) {
        return new FeatureException(feature.name(), "is " + found + ", but its slot takes a number.");
    }
}

package io.freshet.contracts.event;

import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.event.proto.TokenList;
import java.util.Random;

/** Makes up events that are right, odd ones among them. */
final class RandomEvents {
    private static final String[] TEXTS = {"", "u1", "a \"quoted\" \\ one", "Ж", "😀", "\u0000\n\t\u2028", "null", "42"
    };

    private final Random random;

    RandomEvents(Random random) {
        this.random = random;
    }

    Impression impression() {
        Impression.Builder impression =
                Impression.newBuilder().setImpressionId("i" + text()).setTimeMs(timeMs());
        int features = random.nextInt(6);
        for (int i = 0; i < features; i++) {
            impression.putFeatures(i + text(), value());
        }
        return impression.build();
    }

    Action action() {
        return Action.newBuilder()
                .setImpressionId("i" + text())
                .setAction("a" + text())
                .setTimeMs(timeMs())
                .setValue(finite())
                .build();
    }

    private FeatureValue value() {
        FeatureValue.Builder value = FeatureValue.newBuilder();
        switch (random.nextInt(4)) {
            case 0 -> value.setText(text());
            case 1 -> value.setInteger(random.nextLong() >> random.nextInt(64));
            case 2 -> value.setNumber(finite());
            default -> {
                TokenList.Builder tokens = TokenList.newBuilder();
                for (int i = random.nextInt(4); i > 0; i--) {
                    tokens.addValues(text());
                }
                value.setTokens(tokens);
            }
        }
        return value.build();
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private long timeMs() {
        return 1 + (random.nextLong() >>> 17 + random.nextInt(40));
    }

    /** Of any size: all bit patterns of finite doubles are as likely. */
    private double finite() {
        double number = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(number) ? number : 0.5;
    }
}

package io.freshet.contracts.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.event.proto.TokenList;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonEventsTest {
    @Nested
    class ImpressionsThatAreRight {
        @Test
        void featuresOfEveryKindAreRead() throws Exception {
            Impression read = impression(
                    "{\"impression_id\":\"i1\",\"time_ms\":1700000000000,\"features\":{\"user\":\"u1\",\"item\":42,"
                            + "\"genres\":[\"a\",\"b\"],\"age\":3.5,\"is_new\":true,\"none\":[],\"mixed\":[\"x\",7,false]}}");
            assertThat(read)
                    .isEqualTo(Impression.newBuilder()
                            .setImpressionId("i1")
                            .setTimeMs(1_700_000_000_000L)
                            .putFeatures("user", text("u1"))
                            .putFeatures(
                                    "item",
                                    FeatureValue.newBuilder().setInteger(42).build())
                            .putFeatures("genres", tokens("a", "b"))
                            .putFeatures(
                                    "age",
                                    FeatureValue.newBuilder().setNumber(3.5).build())
                            .putFeatures("is_new", text("true"))
                            .putFeatures("none", tokens())
                            .putFeatures("mixed", tokens("x", "7", "false"))
                            .build());
        }

        @Test
        void aNullFeatureIsAbsent() throws Exception {
            assertThat(impressionWith("{\"user\":null}").getFeaturesMap()).isEmpty();
        }

        @Test
        void fieldsThatFreshetDoesNotKnowAreIgnored() throws Exception {
            Impression read = impression(
                    "{\"page\":{\"url\":[1,{\"a\":2}]},\"impression_id\":\"i1\",\"time_ms\":1,\"features\":{}}");
            assertThat(read.getImpressionId()).isEqualTo("i1");
        }

        @Test
        void integersOf64BitsAreKeptWhole() throws Exception {
            Impression read = impressionWith("{\"low\":-9223372036854775808,\"high\":9223372036854775807}");
            assertThat(read.getFeaturesOrThrow("low").getInteger()).isEqualTo(Long.MIN_VALUE);
            assertThat(read.getFeaturesOrThrow("high").getInteger()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void charactersBeyondTheBasicPlaneAreKept() throws Exception {
            Impression read = impressionWith("{\"emoji\":\"\\ud83d\\ude00\",\"raw\":\"😀\"}");
            assertThat(read.getFeaturesOrThrow("emoji")).isEqualTo(text("😀"));
            assertThat(read.getFeaturesOrThrow("raw")).isEqualTo(text("😀"));
        }
    }

    @Nested
    class ImpressionsThatAreWrong {
        @Test
        void aMissingOrEmptyIdIsNamed() {
            assertRefused("{\"time_ms\":1,\"features\":{}}", "impression_id is missing or empty");
            assertRefused(
                    "{\"impression_id\":null,\"time_ms\":1,\"features\":{}}", "impression_id is missing or empty");
            assertRefused(
                    "{\"impression_id\":\"\",\"time_ms\":1,\"features\":{}}", "impression_id is missing or empty");
        }

        @Test
        void anIdThatIsNoTextIsNamed() {
            assertRefused(
                    "{\"impression_id\":17,\"time_ms\":1,\"features\":{}}",
                    "impression_id is the number 17, but must be a text");
        }

        @Test
        void aTimeThatIsNotAPositiveIntegerIsNamed() {
            for (String time : List.of("1.5", "\"1\"", "true", "1e3", "[1]")) {
                assertRefused(withTime(time), "time_ms is ");
                assertRefused(withTime(time), "but must be an integer");
            }
            assertRefused(withTime("0"), "time_ms is missing or 0");
            assertRefused(withTime("-5"), "time_ms is -5");
            assertRefused(withTime("9999999999999999"), "time_ms is 9999999999999999");
            assertRefused(withTime("99999999999999999999"), "time_ms is an integer of more than 64 bits");
            assertRefused("{\"impression_id\":\"i\",\"features\":{}}", "time_ms is missing or 0");
        }

        @Test
        void featuresThatAreMissingOrNoObjectAreNamed() {
            assertRefused("{\"impression_id\":\"i\",\"time_ms\":1}", "features is missing");
            assertRefused(
                    "{\"impression_id\":\"i\",\"time_ms\":1,\"features\":[]}",
                    "features is a list, but must be an object");
        }

        @Test
        void aFeatureThatCannotBeEncodedIsNamed() {
            assertFeaturesRefused("{\"a\":{\"b\":1}}", "features.a is an object");
            assertFeaturesRefused("{\"a\":[[1]]}", "features.a[0] is a list");
            assertFeaturesRefused("{\"a\":[1,{}]}", "features.a[1] is an object");
            assertFeaturesRefused("{\"a\":[\"x\",null]}", "features.a[1] is null");
            assertFeaturesRefused("{\"a\":[1.5]}", "features.a[0] is the number 1.5");
            assertFeaturesRefused("{\"a\":9223372036854775808}", "features.a is an integer of more than 64 bits");
            assertFeaturesRefused("{\"a\":[9223372036854775808]}", "features.a[0] is an integer of more than 64 bits");
            assertFeaturesRefused("{\"a\":1e999}", "features.a is larger than any 64-bit float");
            assertFeaturesRefused("{\"a\":\"\\ud800\"}", "features.a holds half a surrogate pair");
            assertFeaturesRefused("{\"\\udc00\":1}", "holds half a surrogate pair");
        }

        @Test
        void duplicateKeysAreNamed() {
            assertRefused(
                    "{\"impression_id\":\"i\",\"impression_id\":\"j\",\"time_ms\":1,\"features\":{}}", "impression_id");
            assertFeaturesRefused("{\"user\":1,\"user\":2}", "'user'");
        }

        @ParameterizedTest
        @ValueSource(strings = {" {}", "x", ",", "]", "{", "\u0000"})
        void textAfterTheObjectIsRefused(String garbage) {
            assertThatThrownBy(() -> impression(withTime("1") + garbage)).isInstanceOf(MalformedEventException.class);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "[]",
                    "null",
                    "17",
                    "{",
                    "{\"impression_id\"",
                    "{'impression_id':'i'}",
                    "NaN",
                    "\ufeff{}"
                })
        void whatIsNoJsonObjectIsRefused(String text) {
            assertThatThrownBy(() -> impression(text)).isInstanceOf(MalformedEventException.class);
        }

        @Test
        void invalidUtf8IsRefused() {
            byte[] message = withTime("1").replace("\"i\"", "\"?\"").getBytes(StandardCharsets.UTF_8);
            int at = new String(message, StandardCharsets.UTF_8).indexOf('?');
            for (int lead : List.of(0x80, 0xff, 0xc3, 0xed)) {
                message[at] = (byte) lead;
                assertThatThrownBy(() -> JsonEvents.readImpression(message))
                        .isInstanceOf(MalformedEventException.class)
                        .hasMessageContaining("UTF-8");
            }
        }

        @Test
        void utf16IsNotGuessed() {
            assertThatThrownBy(() -> JsonEvents.readImpression(withTime("1").getBytes(StandardCharsets.UTF_16LE)))
                    .isInstanceOf(MalformedEventException.class);
        }

        @Test
        void deepNestingIsRefusedEvenWhereItIsIgnored() {
            assertRefused("{\"ignored\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", "not valid JSON");
        }

        private void assertRefused(String json, String message) {
            assertThatThrownBy(() -> impression(json))
                    .isInstanceOf(MalformedEventException.class)
                    .hasMessageContaining(message);
        }

        private void assertFeaturesRefused(String features, String message) {
            assertThatThrownBy(() -> impressionWith(features))
                    .isInstanceOf(MalformedEventException.class)
                    .hasMessageContaining(message);
        }

        private String withTime(String time) {
            return "{\"impression_id\":\"i\",\"time_ms\":" + time + ",\"features\":{}}";
        }
    }

    @Nested
    class Actions {
        @Test
        void theValueIsReadAndIsOneWhenAbsentOrNull() throws Exception {
            assertThat(action("{\"impression_id\":\"i\",\"action\":\"like\",\"time_ms\":5,\"value\":0.5}"))
                    .isEqualTo(like().setValue(0.5).build());
            assertThat(action("{\"impression_id\":\"i\",\"action\":\"like\",\"time_ms\":5,\"value\":0}"))
                    .isEqualTo(like().setValue(0).build());
            assertThat(action("{\"impression_id\":\"i\",\"action\":\"like\",\"time_ms\":5}"))
                    .isEqualTo(like().setValue(1).build());
            assertThat(action("{\"impression_id\":\"i\",\"action\":\"like\",\"time_ms\":5,\"value\":null}"))
                    .isEqualTo(like().setValue(1).build());
        }

        @Test
        void whatIsMissingOrOfTheWrongTypeIsNamed() {
            assertRefused("{\"action\":\"like\",\"time_ms\":5}", "impression_id is missing or empty");
            assertRefused("{\"impression_id\":\"i\",\"time_ms\":5}", "action is missing or empty");
            assertRefused("{\"impression_id\":\"i\",\"action\":\"like\"}", "time_ms is missing or 0");
            assertRefused("{\"impression_id\":\"i\",\"action\":[],\"time_ms\":5}", "action is a list");
            assertRefused(
                    "{\"impression_id\":\"i\",\"action\":\"like\",\"time_ms\":5,\"value\":\"1\"}", "value is a text");
            assertRefused(
                    "{\"impression_id\":\"i\",\"action\":\"like\",\"time_ms\":5,\"value\":-1e999}",
                    "value is larger than any 64-bit float");
        }

        private void assertRefused(String json, String message) {
            assertThatThrownBy(() -> action(json))
                    .isInstanceOf(MalformedEventException.class)
                    .hasMessageContaining(message);
        }

        private Action.Builder like() {
            return Action.newBuilder().setImpressionId("i").setAction("like").setTimeMs(5);
        }

        private Action action(String json) throws MalformedEventException {
            return JsonEvents.readAction(json.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Impression impression(String json) throws MalformedEventException {
        return JsonEvents.readImpression(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Impression impressionWith(String features) throws MalformedEventException {
        return impression("{\"impression_id\":\"i\",\"time_ms\":1,\"features\":" + features + "}");
    }

    private static FeatureValue text(String text) {
        return FeatureValue.newBuilder().setText(text).build();
    }

    private static FeatureValue tokens(String... tokens) {
        return FeatureValue.newBuilder()
                .setTokens(TokenList.newBuilder().addAllValues(List.of(tokens)))
                .build();
    }
}

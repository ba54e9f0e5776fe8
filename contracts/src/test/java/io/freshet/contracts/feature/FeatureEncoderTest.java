package io.freshet.contracts.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.TokenList;
import io.freshet.contracts.pipeline.PipelineFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FeatureEncoderTest {
    /** Numbers stand between the others, so that each kind's own order shows. */
    private final FeatureEncoder encoder = new FeatureEncoder(PipelineFile.parse("""
            name: test
            tables: {user: {dimension: 4}, item: {dimension: 4}}
            features:
              - {name: age, slot: number, transform: log1p}
              - {name: user, slot: id, table: user}
              - {name: tags, slot: ids, table: item}
              - {name: price, slot: number}
              - {name: recent, slot: sequence, table: item, length: 3}
            tasks: [{name: like, window: 1h}]
            """, Map.of()));

    @Nested
    class Order {
        @Test
        void isThatOfTheFileWhateverTheOrderOfTheEvent() throws Exception {
            Map<String, FeatureValue> features = new LinkedHashMap<>();
            features.put("recent", tokens("7", "8"));
            features.put("price", number(2.5));
            features.put("tags", tokens("a"));
            features.put("user", text("u"));
            features.put("age", number(Math.E - 1));
            assertThat(encoder.encode(features))
                    .isEqualTo(new EncodedFeatures(
                            new long[] {id("user", "u"), id("item", "a"), id("item", "7"), id("item", "8")},
                            new int[] {0, 1, 2, 4},
                            new float[] {1, 2.5f}));
        }

        @Test
        void ofIdsIsThatOfTheEventRepeatsIncluded() throws Exception {
            assertThat(encoder.encode(Map.of("tags", tokens("b", "a", "b"))).ids())
                    .containsExactly(id("item", "b"), id("item", "a"), id("item", "b"));
        }
    }

    @Nested
    class Lengths {
        @Test
        void ofMoreIdsThanTheLengthTheLastAreKept() throws Exception {
            EncodedFeatures encoded = encoder.encode(Map.of("recent", tokens("1", "2", "3", "4", "5")));
            assertThat(encoded.ids()).containsExactly(id("item", "3"), id("item", "4"), id("item", "5"));
            assertThat(encoded.offsets()).containsExactly(0, 0, 0, 3);
        }

        @Test
        void aSetHasTheDefaultLength() throws Exception {
            String[] many = IntStream.range(0, 60).mapToObj(Integer::toString).toArray(String[]::new);
            long[] ids = encoder.encode(Map.of("tags", tokens(many))).ids();
            assertThat(ids).hasSize(50).startsWith(id("item", "10")).endsWith(id("item", "59"));
        }
    }

    @Nested
    class Absence {
        @Test
        void givesNoIdsAndTheNumberZero() throws Exception {
            EncodedFeatures nothing = new EncodedFeatures(new long[0], new int[] {0, 0, 0, 0}, new float[] {0, 0});
            assertThat(encoder.encode(Map.of())).isEqualTo(nothing);
            FeatureValue unset = FeatureValue.getDefaultInstance();
            assertThat(encoder.encode(Map.of("user", unset, "tags", tokens(), "age", unset)))
                    .isEqualTo(nothing);
        }

        @Test
        void ofAFeatureInThePipelineLeavesItUnread() throws Exception {
            assertThat(encoder.encode(Map.of("colour", text("red"))).ids()).isEmpty();
        }
    }

    @Nested
    class Values {
        @Test
        void anIntegerIdIsThatOfItsDecimalText() throws Exception {
            assertThat(encoder.encode(Map.of("user", integer(-42))).ids()).containsExactly(id("user", "-42"));
        }

        @Test
        void anIntegerIsANumberToo() throws Exception {
            assertThat(encoder.encode(Map.of("price", integer(3))).numbers()).containsExactly(0, 3);
        }

        @Test
        void theLogarithmKeepsTheSign() throws Exception {
            assertThat(encoder.encode(Map.of("age", number(1 - Math.E))).numbers()[0])
                    .isEqualTo(-1);
        }

        @Test
        void theLargestDoubleIsFineOnceItsLogarithmIsTaken() throws Exception {
            assertThat(encoder.encode(Map.of("age", number(Double.MAX_VALUE))).numbers()[0])
                    .isBetween(709f, 710f);
        }

        @Test
        void whatDoesNotFitItsSlotIsRefusedByName() {
            assertRefused("user", number(1.5), "is the number 1.5, but its slot takes ids");
            assertRefused("user", tokens("u"), "is a list, but its slot takes one id");
            assertRefused("tags", text("a"), "is a single value, but its slot takes a list");
            assertRefused("recent", integer(1), "is a single value, but its slot takes a list");
            assertRefused("tags", number(1), "is the number 1.0, but its slot takes ids");
            assertRefused("price", text("3"), "is the text '3', but its slot takes a number");
            assertRefused("price", tokens("3"), "is a list, but its slot takes a number");
        }

        @Test
        void aNumberThatIsNotFiniteIsRefused() {
            for (double number : List.of(Double.NaN, Double.POSITIVE_INFINITY, -1e39)) {
                assertRefused("price", number(number), "no finite 32-bit float");
            }
            assertRefused("age", number(Double.NEGATIVE_INFINITY), "no finite 32-bit float");
        }

        private void assertRefused(String feature, FeatureValue value, String message) {
            assertThatThrownBy(() -> encoder.encode(Map.of(feature, value)))
                    .isInstanceOf(FeatureException.class)
                    .hasMessageContaining("'" + feature + "' ")
                    .hasMessageContaining(message)
                    .satisfies(wrong ->
                            assertThat(((FeatureException) wrong).field()).isEqualTo(feature));
        }
    }

    private static long id(String table, String value) {
        return FeatureHash.id(table, value);
    }

    private static FeatureValue text(String text) {
        return FeatureValue.newBuilder().setText(text).build();
    }

    private static FeatureValue integer(long integer) {
        return FeatureValue.newBuilder().setInteger(integer).build();
    }

    private static FeatureValue number(double number) {
        return FeatureValue.newBuilder().setNumber(number).build();
    }

    private static FeatureValue tokens(String... tokens) {
        return FeatureValue.newBuilder()
                .setTokens(TokenList.newBuilder().addAllValues(List.of(tokens)))
                .build();
    }
}

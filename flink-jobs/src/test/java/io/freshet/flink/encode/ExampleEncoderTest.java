package io.freshet.flink.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.event.MalformedEventException;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.feature.FeatureEncoder;
import io.freshet.contracts.feature.FeatureException;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.source.EventParser;
import io.freshet.flink.source.TestPipelines;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ExampleEncoderTest {
    private static final Pipeline PIPELINE = TestPipelines.likes("localhost:1");
    private static final Example EXAMPLE = Example.newBuilder()
            .setImpressionId("i")
            .setTimeMs(1000)
            .putFeatures("user", FeatureValue.newBuilder().setText("u").build())
            .putFeatures("age", FeatureValue.newBuilder().setNumber(3.5).build())
            .addLabels(Label.newBuilder().setTask("of an older pipeline").setValue(1))
            .addLabels(Label.newBuilder().setTask("like").setValue(1))
            .setWeight(4)
            .setCompletedAtMs(2000)
            .build();

    private final ExampleEncoder encoder = new ExampleEncoder(PIPELINE);

    @Test
    void anExampleBecomesNumbers() throws Exception {
        EncodedExample encoded = encoder.encode(new JoinedExample(1000, 2000, EXAMPLE.toByteArray()));

        assertThat(encoded.features()).isEqualTo(new FeatureEncoder(PIPELINE).encode(EXAMPLE.getFeaturesMap()));
        assertThat(encoded.labels()).containsExactly(1);
        assertThat(encoded.weight()).isEqualTo(4);
        assertThat(encoded.timeMs()).isEqualTo(1000);
        assertThat(encoded.completedAtMs()).isEqualTo(2000);
    }

    @Test
    void oneThatDoesNotFitThePipelineSaysWhatToDo() {
        byte[] foreign = EXAMPLE.toBuilder().clearLabels().build().toByteArray();

        assertThatThrownBy(() -> encoder.encode(new JoinedExample(1000, 2000, foreign)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no label for any of the tasks [like]")
                .hasMessageContaining("drain the old job");
    }

    @Nested
    class FromTheExamplesTopic {
        private final EventParser parser = ExamplesTopic.parser(PIPELINE);

        private void refuses(Example example, String message) {
            assertThatThrownBy(() -> parser.parse(example.toByteArray()))
                    .isInstanceOfAny(MalformedEventException.class, FeatureException.class)
                    .hasMessageContaining(message);
        }

        @Test
        void aGoodOnePassesAsItIs() throws Exception {
            EventParser.Parsed parsed = parser.parse(EXAMPLE.toByteArray());

            assertThat(parsed.payload()).isEqualTo(EXAMPLE.toByteArray());
            assertThat(parsed.impressionId()).isEqualTo("i");
            assertThat(parsed.timeMs()).isEqualTo(1000);
        }

        @Test
        void bytesThatAreNoExampleAreRefused() {
            assertThatThrownBy(() -> parser.parse(new byte[] {(byte) 0xff, 1}))
                    .isInstanceOf(MalformedEventException.class)
                    .hasMessageContaining("no protobuf freshet.Example");
        }

        @Test
        void whatCouldNotBeLearntFromIsRefused() {
            refuses(EXAMPLE.toBuilder().clearImpressionId().build(), "impression_id");
            refuses(EXAMPLE.toBuilder().setTimeMs(0).build(), "time_ms");
            refuses(EXAMPLE.toBuilder().setWeight(0).build(), "weight");
            refuses(EXAMPLE.toBuilder().setWeight(Float.NaN).build(), "weight");
            refuses(
                    EXAMPLE.toBuilder()
                            .setLabels(1, Label.newBuilder().setTask("like").setValue(0.5f))
                            .build(),
                    "label of task 'like' is 0.5");
            refuses(
                    EXAMPLE.toBuilder()
                            .putFeatures(
                                    "age",
                                    FeatureValue.newBuilder().setText("old").build())
                            .build(),
                    "age");
        }
    }
}

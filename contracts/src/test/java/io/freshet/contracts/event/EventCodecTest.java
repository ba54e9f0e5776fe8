package io.freshet.contracts.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.MessageLite;
import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.pipeline.EventTopic.Format;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventCodecTest {
    private static final Impression SHOWN =
            Impression.newBuilder().setImpressionId("i1").setTimeMs(5).build();
    private static final Action LIKED = Action.newBuilder()
            .setImpressionId("i1")
            .setAction("like")
            .setTimeMs(6)
            .setValue(2.5)
            .build();

    private final EventCodec protobuf = EventCodec.of(Format.PROTOBUF);

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsReadBack(Format format) throws Exception {
        EventCodec codec = EventCodec.of(format);
        assertThat(codec.readImpression(codec.write(SHOWN))).isEqualTo(SHOWN);
        assertThat(codec.readAction(codec.write(LIKED))).isEqualTo(LIKED);
    }

    @Test
    void jsonIsWrittenInTheDocumentedForm() {
        Impression shown = SHOWN.toBuilder()
                .putFeatures("item", FeatureValue.newBuilder().setInteger(42).build())
                .build();
        assertThat(EventCodec.of(Format.JSON).write(shown))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"impression_id\":\"i1\",\"time_ms\":5,\"features\":{\"item\":42}}");
        assertThat(EventCodec.of(Format.JSON).write(LIKED))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"impression_id\":\"i1\",\"action\":\"like\",\"time_ms\":6,\"value\":2.5}");
    }

    @Test
    void anActionInProtobufIsWorthOneWhenItDoesNotSay() throws Exception {
        Action unsaid = LIKED.toBuilder().clearValue().build();
        Action zero = LIKED.toBuilder().setValue(0).build();
        assertThat(protobuf.readAction(unsaid.toByteArray()).getValue()).isEqualTo(1);
        assertThat(protobuf.readAction(zero.toByteArray()).getValue()).isZero();
    }

    @Test
    void protobufIsCheckedAsJsonIs() {
        assertImpressionRefused(SHOWN.toBuilder().clearImpressionId().build(), "impression_id is missing");
        assertImpressionRefused(SHOWN.toBuilder().setTimeMs(-1).build(), "time_ms is -1");
        FeatureValue nan = FeatureValue.newBuilder().setNumber(Double.NaN).build();
        assertImpressionRefused(SHOWN.toBuilder().putFeatures("age", nan).build(), "features.age is NaN");
        assertActionRefused(LIKED.toBuilder().clearAction().build(), "action is missing");
        assertActionRefused(LIKED.toBuilder().clearTimeMs().build(), "time_ms is missing");
        assertActionRefused(LIKED.toBuilder().setValue(Double.POSITIVE_INFINITY).build(), "value is Infinity");
    }

    @Test
    void bytesThatAreNoProtobufAreRefused() {
        byte[] json = "{\"impression_id\":\"i1\"}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> protobuf.readImpression(json))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("freshet.Impression");
        assertThatThrownBy(() -> protobuf.readAction(json))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("freshet.Action");
    }

    @ParameterizedTest
    @EnumSource
    void anEventThatCouldNotBeReadAgainIsNotWritten(Format format) {
        EventCodec codec = EventCodec.of(format);
        assertThatThrownBy(() -> codec.write(SHOWN.toBuilder().clearTimeMs().build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("time_ms");
        assertThatThrownBy(
                        () -> codec.write(LIKED.toBuilder().setValue(Double.NaN).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value");
    }

    private void assertImpressionRefused(MessageLite message, String why) {
        assertThatThrownBy(() -> protobuf.readImpression(message.toByteArray()))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining(why);
    }

    private void assertActionRefused(MessageLite message, String why) {
        assertThatThrownBy(() -> protobuf.readAction(message.toByteArray()))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining(why);
    }
}

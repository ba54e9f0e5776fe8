package io.freshet.flink.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.flink.join.JoinState.Emitted;
import io.freshet.flink.join.JoinState.Held;
import io.freshet.flink.join.JoinState.HeldAction;
import io.freshet.flink.join.JoinState.PositiveLabel;
import io.freshet.flink.join.JoinState.Waiting;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JoinStateCodecTest {
    private static final DeadLetter NOWHERE = DeadLetter.getDefaultInstance();
    private static final Waiting WAITING = waiting(
            new PositiveLabel(
                    "like",
                    new HeldAction(
                            new Acted("l", 1),
                            1050,
                            Events.action("i", "l", 1050).deadLetter())),
            new PositiveLabel("share", new HeldAction(new Acted("s", 2.5f), 1040, NOWHERE)));

    private static Waiting waiting(PositiveLabel... labels) {
        return new Waiting(1000, new byte[] {1, 2, 3}, 4, List.of(labels), 2000);
    }

    /** As versions before the third kept it. */
    private static PositiveLabel withoutAction(String task, float value) {
        return new PositiveLabel(task, new HeldAction(new Acted("", value), 1050, NOWHERE));
    }

    static List<JoinState> states() {
        HeldAction held = new HeldAction(
                new Acted("like", 1), 1050, Events.action("i", "like", 1050).deadLetter());
        HeldAction other = new HeldAction(
                new Acted("größer", -0.5f), -1, Events.action("i", "größer", -1).deadLetter());
        return List.of(
                new Held(List.of(held)),
                new Held(List.of(held, other)),
                WAITING,
                new Waiting(Long.MAX_VALUE, new byte[0], 0, List.of(), Long.MIN_VALUE),
                new Emitted(1000, List.of()),
                new Emitted(1000, List.of("like", "share")));
    }

    @ParameterizedTest
    @MethodSource("states")
    void whatIsWrittenIsRead(JoinState state) throws IOException {
        assertThat(JoinStateCodec.decode(JoinStateCodec.encode(state)))
                .usingRecursiveComparison()
                .withEqualsForType(DeadLetter::equals, DeadLetter.class)
                .isEqualTo(state);
    }

    @ParameterizedTest
    @MethodSource("states")
    void aByteTooManyIsAnError(JoinState state) throws IOException {
        byte[] bytes = JoinStateCodec.encode(state);

        assertThatThrownBy(() -> JoinStateCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 bytes too many");
    }

    @ParameterizedTest
    @MethodSource("states")
    void anyMissingByteIsAnError(JoinState state) throws IOException {
        byte[] bytes = JoinStateCodec.encode(state);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> JoinStateCodec.decode(cut)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void anEmptyValueIsAnError() {
        assertThatThrownBy(() -> JoinStateCodec.decode(new byte[0])).isInstanceOf(EOFException.class);
    }

    @Test
    void aNewerVersionIsAnErrorThatSaysWhatToDo() throws IOException {
        byte[] bytes = JoinStateCodec.encode(WAITING);
        bytes[0] = 4;

        assertThatThrownBy(() -> JoinStateCodec.decode(bytes))
                .hasMessageContaining("format version 4, this build reads versions 1 to 3")
                .hasMessageContaining("Restore it with the build that wrote it");
    }

    @Test
    void anUnknownPhaseIsAnError() {
        assertThatThrownBy(() -> JoinStateCodec.decode(new byte[] {1, 9})).hasMessageContaining("phase 9");
    }

    @Test
    void bytesOfVersionOneStayReadable() throws IOException {
        // u8 version | u8 waiting | i64 1000 | i64 1050 | i64 2000 | f32 4 | u16 2, "like", "share" | i32 3, bytes
        byte[] written = HexFormat.of()
                .parseHex("0102" + "00000000000003e8" + "000000000000041a" + "00000000000007d0" + "40800000" + "0002"
                        + "00046c696b65" + "00057368617265" + "00000003" + "010203");

        assertThat(JoinStateCodec.decode(written))
                .usingRecursiveComparison()
                .withEqualsForType(DeadLetter::equals, DeadLetter.class)
                .isEqualTo(waiting(withoutAction("like", 1), withoutAction("share", 1)));
    }

    @Test
    void heldActionsOfVersionOneAreReadWithTheValueOne() throws IOException {
        // u8 version | u8 held | u16 1, "like" | i64 1050 | i32 0
        byte[] written = HexFormat.of().parseHex("0101" + "0001" + "00046c696b65" + "000000000000041a" + "00000000");
        assertThat(JoinStateCodec.decode(written))
                .usingRecursiveComparison()
                .withEqualsForType(DeadLetter::equals, DeadLetter.class)
                .isEqualTo(
                        new Held(List.of(new HeldAction(new Acted("like", 1), 1050, DeadLetter.getDefaultInstance()))));
    }

    @Test
    void bytesOfVersionTwoStayReadable() throws IOException {
        // As version one, but for an f32 after each name.
        byte[] written = HexFormat.of()
                .parseHex("0202" + "00000000000003e8" + "000000000000041a" + "00000000000007d0" + "40800000" + "0002"
                        + "00046c696b65" + "3f800000" + "00057368617265" + "40200000" + "00000003" + "010203");
        assertThat(JoinStateCodec.decode(written))
                .usingRecursiveComparison()
                .withEqualsForType(DeadLetter::equals, DeadLetter.class)
                .isEqualTo(waiting(withoutAction("like", 1), withoutAction("share", 2.5f)));
    }

    @Test
    void bytesOfVersionThreeAreAsTheyWere() throws IOException {
        // u8 version | u8 waiting | i64 1000 | i64 2000 | f32 4 | u16 1, "share", "s" | f32 2.5 | i64 1040 | i32 0 |
        // i32 3
        byte[] written = HexFormat.of()
                .parseHex("0302" + "00000000000003e8" + "00000000000007d0" + "40800000" + "0001" + "00057368617265"
                        + "000173" + "40200000" + "0000000000000410" + "00000000" + "00000003" + "010203");
        Waiting state = waiting(WAITING.labels().get(1));
        assertThat(JoinStateCodec.decode(written))
                .usingRecursiveComparison()
                .withEqualsForType(DeadLetter::equals, DeadLetter.class)
                .isEqualTo(state);
        assertThat(JoinStateCodec.encode(state)).isEqualTo(written);
    }
}

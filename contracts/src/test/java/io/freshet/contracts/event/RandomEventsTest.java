package io.freshet.contracts.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.pipeline.EventTopic.Format;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random events survive a round trip; random bytes never do more harm than one exception. Rerun with -Dseed=N. */
class RandomEventsTest {
    private static final int ROUND_TRIPS = 10_000;
    private static final int FUZZED = 100_000;
    private static final String[] FRAGMENTS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\u",
        "\\ud800",
        "null",
        "true",
        "-",
        "1e999",
        "99999999999999999999",
        "NaN",
        "\"impression_id\"",
        "\"time_ms\":",
        "\"features\":{",
        "\"a\":1,\"a\":2",
        "/*",
        "#",
        "\ufeff",
        "\u0000"
    };

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomEvents events = new RandomEvents(random);

    @BeforeEach
    void printTheSeed() {
        System.out.println("seed " + seed);
    }

    @ParameterizedTest
    @EnumSource
    void aRoundTripChangesNothing(Format format) throws Exception {
        EventCodec codec = EventCodec.of(format);
        for (int i = 0; i < ROUND_TRIPS; i++) {
            Impression impression = events.impression();
            Action action = events.action();
            assertThat(codec.readImpression(codec.write(impression)))
                    .as("seed %d", seed)
                    .isEqualTo(impression);
            assertThat(codec.readAction(codec.write(action)))
                    .as("seed %d", seed)
                    .isEqualTo(action);
        }
    }

    @Test
    void randomBytesAreMalformedAtWorst() {
        for (int i = 0; i < FUZZED; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            readAll(bytes);
        }
    }

    @Test
    void damagedEventsAreMalformedAtWorst() {
        int refused = 0;
        for (int i = 0; i < FUZZED; i++) {
            EventCodec codec = EventCodec.of(random.nextInt(4) == 0 ? Format.PROTOBUF : Format.JSON);
            byte[] whole = random.nextBoolean() ? codec.write(events.impression()) : codec.write(events.action());
            refused += readAll(damaged(whole));
        }
        // A damaged event of one kind in one format is refused at least where it is read as another.
        assertThat(refused).as("seed %d", seed).isGreaterThan(FUZZED);
    }

    private byte[] damaged(byte[] whole) {
        byte[] damaged = whole;
        for (int times = random.nextInt(3); times >= 0; times--) {
            damaged = damagedOnce(damaged);
        }
        return damaged;
    }

    private byte[] damagedOnce(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + random.nextInt(8));
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> spliced(bytes, at, end, new byte[0]);
            case 2 -> spliced(bytes, at, end, new byte[] {(byte) random.nextInt(), (byte) random.nextInt()});
            default ->
                spliced(bytes, at, at, FRAGMENTS[random.nextInt(FRAGMENTS.length)].getBytes(StandardCharsets.UTF_8));
        };
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] put) {
        byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + put.length);
        System.arraycopy(put, 0, result, from, put.length);
        System.arraycopy(bytes, to, result, from + put.length, bytes.length - to);
        return result;
    }

    private interface Read {
        void read(byte[] bytes) throws MalformedEventException;
    }

    /** Reads the bytes in every way; returns how many refused them. */
    private int readAll(byte[] bytes) {
        int refused = 0;
        for (Format format : Format.values()) {
            EventCodec codec = EventCodec.of(format);
            refused += read(codec::readImpression, bytes) + read(codec::readAction, bytes);
        }
        return refused;
    }

    private int read(Read reader, byte[] bytes) {
        try {
            reader.read(bytes);
            return 0;
        } catch (MalformedEventException expected) {
            assertThat(expected.getMessage()).isNotBlank();
            return 1;
        } catch (RuntimeException | StackOverflowError wrong) {
            return fail("Seed %d: 0x%s".formatted(seed, HexFormat.of().formatHex(bytes)), wrong);
        }
    }
}

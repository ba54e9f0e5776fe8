package io.freshet.contracts.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @Test
    void everyUnitIsRead() {
        assertThat(DurationText.parse("90d")).contains(Duration.ofDays(90));
        assertThat(DurationText.parse("1h")).contains(Duration.ofHours(1));
        assertThat(DurationText.parse("10m")).contains(Duration.ofMinutes(10));
        assertThat(DurationText.parse("5s")).contains(Duration.ofSeconds(5));
        assertThat(DurationText.parse("100ms")).contains(Duration.ofMillis(100));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1", "s", "1.5s", "1 s", "-1s", "1h30m", "1S", "1w", "9999999999999999s", "999999999999999d"
            })
    void otherTextsAreRefused(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0ms", "1ms", "1500ms", "90s", "2m", "1h", "36h", "3650d"})
    void aDurationIsWrittenInTheLargestUnitThatHoldsItWhole(String text) {
        assertThat(DurationText.of(DurationText.parse(text).orElseThrow())).isEqualTo(text);
    }
}

package io.freshet.contracts.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeTextTest {
    @ParameterizedTest
    @CsvSource({"16mb, 16777216", "1gb, 1073741824", "3kb, 3072", "1025b, 1025", "0b, 0"})
    void sizesAreReadAndWrittenInUnitsOf1024(String text, long bytes) {
        assertThat(SizeText.parse(text)).contains(bytes);
        assertThat(SizeText.of(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "16", "16 mb", "mb", "1.5gb", "-1mb", "16tb", "999999999999gb"})
    void whatIsNoSizeIsRefused(String text) {
        assertThat(SizeText.parse(text)).isEmpty();
    }
}

package io.freshet.benchmarks.rows;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What of the benchmark can be left out. */
enum Part {
    ROCKSDB,
    VALUE_STATE,
    REDIS,
    GROWTH,
    SPILL;

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static final class Converter implements ITypeConverter<Part> {
        @Override
        public Part convert(String text) {
            return Arrays.stream(values())
                    .filter(part -> part.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "'%s' cannot be left out; of %s, any can".formatted(text, Arrays.toString(values()))));
        }
    }
}

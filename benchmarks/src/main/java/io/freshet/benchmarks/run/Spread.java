package io.freshet.benchmarks.run;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Mean and standard deviation over seeds; the deviation of a single one is 0. */
record Spread(double mean, double deviation) {
    static Spread of(double... values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return new Spread(mean, values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1)));
    }

    static Spread of(List<Quality> passes, ToDoubleFunction<Quality> what) {
        return of(passes.stream().mapToDouble(what).toArray());
    }
}

package io.freshet.benchmarks.step;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times several things in turn, so that a machine that slows down or speeds up does so for all of them: a, b, c, then
 * c, b, a, and so on. What counts is the median.
 */
public final class Rounds {
    /** Does something once, and says how long that took. */
    @FunctionalInterface
    public interface Timed {
        /** Milliseconds. */
        double runMs();
    }

    private final long restMs;
    private final Map<String, Timed> candidates = new LinkedHashMap<>();
    private final Map<String, List<Double>> timesMs = new LinkedHashMap<>();

    /** Rounds without a rest. */
    public Rounds() {
        this(0);
    }

    /**
     * Rounds with a rest before everything that is timed.
     *
     * @param restMs milliseconds; worker threads of an OpenMP program spin for a while after their work, and would take a
     *     core from the next candidate if that is another process, or has threads of its own
     */
    public Rounds(long restMs) {
        this.restMs = restMs;
    }

    /** Adds what times itself. */
    public Rounds add(String name, Timed candidate) {
        candidates.put(name, candidate);
        timesMs.put(name, new ArrayList<>());
        return this;
    }

    /** Adds what is timed here. */
    public Rounds add(String name, Runnable candidate) {
        return add(name, () -> {
            long start = System.nanoTime();
            candidate.run();
            return (System.nanoTime() - start) / 1e6;
        });
    }

    /** Runs all candidates {@code warmUp} times without and {@code rounds} times with a record. */
    public Rounds run(int warmUp, int rounds) {
        List<String> order = new ArrayList<>(candidates.keySet());
        for (int round = -warmUp; round < rounds; round++) {
            for (String name : order) {
                rest();
                double ms = candidates.get(name).runMs();
                if (round >= 0) {
                    timesMs.get(name).add(ms);
                }
            }
            Collections.reverse(order);
        }
        return this;
    }

    private void rest() {
        try {
            Thread.sleep(restMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while resting between two candidates", e);
        }
    }

    /** Names in the order in which they were added. */
    public List<String> names() {
        return List.copyOf(candidates.keySet());
    }

    /** Median time of a candidate in milliseconds. */
    public double medianMs(String name) {
        return quantileMs(name, 0.5);
    }

    /** The time in milliseconds that this share of the rounds stayed below; the lower of two. */
    public double quantileMs(String name, double share) {
        List<Double> sorted = timesMs.get(name).stream().sorted().toList();
        return sorted.get((int) (share * (sorted.size() - 1)));
    }
}

package io.freshet.quickstart.replay;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decides when an event may leave. Reads no clock itself; not safe for more than one thread. */
public interface Pace {
    /**
     * When the next event is due.
     *
     * @param nowNanos since the replay began
     * @return nanoseconds since the replay began; in the past for an event that may leave at once
     */
    long dueNanos(TrafficEvent event, long nowNanos);

    /** A speed as users write it: {@code 2000/s}, {@code 60x} or {@code max}. */
    static Pace parse(String speed) {
        if (speed.equals("max")) {
            return (event, nowNanos) -> nowNanos;
        }
        Matcher number = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(/s|x)").matcher(speed);
        double value = number.matches() ? Double.parseDouble(number.group(1)) : 0;
        if (!(value > 0)) {
            throw new IllegalArgumentException(
                    "Speed '%s' is none of: N/s (impressions a second, such as 2000/s), Nx (N times as fast as recorded, such as 60x), max"
                            .formatted(speed));
        }
        return number.group(2).equals("/s") ? new Steady(value) : new SpedUp(value);
    }

    /** So many impressions a second; actions go with the impressions around them. */
    final class Steady implements Pace {
        /** After a hold-up at most this much is made good: a burst would be no steady pace. */
        private static final long CATCH_UP_NANOS = Duration.ofMillis(100).toNanos();

        private final double nanosPerImpression;
        private double nextNanos;

        Steady(double impressionsPerSecond) {
            nanosPerImpression = 1e9 / impressionsPerSecond;
        }

        @Override
        public long dueNanos(TrafficEvent event, long nowNanos) {
            nextNanos = Math.max(nextNanos, nowNanos - CATCH_UP_NANOS);
            long due = (long) nextNanos;
            if (event.kind() == TrafficEvent.Kind.IMPRESSION) {
                nextNanos += nanosPerImpression;
            }
            return due;
        }
    }

    /** As recorded, only so many times faster, without the long silences. */
    final class SpedUp implements Pace {
        /** A silence is never waited out for longer than this. */
        private static final long LONGEST_WAIT_NANOS = Duration.ofMinutes(1).toNanos();

        private final double nanosPerMs;
        private boolean started;
        private long newestMs;
        private double dueNanos;

        SpedUp(double factor) {
            nanosPerMs = 1e6 / factor;
        }

        @Override
        public long dueNanos(TrafficEvent event, long nowNanos) {
            if (!started) {
                started = true;
                newestMs = event.timeMs();
                dueNanos = nowNanos;
            }
            if (event.timeMs() > newestMs) {
                dueNanos += Math.min((event.timeMs() - newestMs) * nanosPerMs, LONGEST_WAIT_NANOS);
                newestMs = event.timeMs();
            }
            return (long) dueNanos;
        }
    }
}

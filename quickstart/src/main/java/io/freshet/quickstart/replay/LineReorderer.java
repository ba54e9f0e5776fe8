package io.freshet.quickstart.replay;

import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * Puts the lines of one file into the order of their event time, looking a bounded number of lines ahead.
 *
 * <p>A line whose time cannot be read, or lies in the future of the wall clock, stays behind the line before it.
 */
final class LineReorderer implements AutoCloseable {
    /** How far ahead it looks, and so how far from its place a line may be. */
    static final int LINES = 50_000;

    private record Line(long position, TrafficEvent event) {}

    private final TrafficEvent.Kind kind;
    private final LineReader lines;
    private final PriorityQueue<Line> ahead = new PriorityQueue<>(
            Comparator.comparingLong((Line line) -> line.event().timeMs()).thenComparingLong(Line::position));
    private final long latestBelievableMs = System.currentTimeMillis() + EventTime.TOLERATED_AHEAD_MS;
    private long position;
    private long lastTimeMs;

    LineReorderer(TrafficEvent.Kind kind, LineReader lines) {
        this.kind = kind;
        this.lines = lines;
        fill();
    }

    /** The earliest event at hand, or null at the end. */
    TrafficEvent peek() {
        Line first = ahead.peek();
        return first == null ? null : first.event();
    }

    TrafficEvent poll() {
        TrafficEvent event = ahead.remove().event();
        fill();
        return event;
    }

    @Override
    public void close() {
        lines.close();
    }

    private void fill() {
        while (ahead.size() < LINES) {
            byte[] line = lines.next();
            if (line == null) {
                return;
            }
            OptionalLong timeMs = EventTime.of(line);
            if (timeMs.isPresent() && timeMs.getAsLong() <= latestBelievableMs) {
                lastTimeMs = timeMs.getAsLong();
            }
            ahead.add(new Line(position++, new TrafficEvent(kind, lastTimeMs, line)));
        }
    }
}

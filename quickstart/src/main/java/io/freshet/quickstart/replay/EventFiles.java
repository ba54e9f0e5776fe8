package io.freshet.quickstart.replay;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;

/**
 * A file of impressions and one of actions, merged by event time: at equal times impressions go first.
 *
 * <p>Lines are sent as they are, byte for byte, whether anything in them can be read or not; only empty lines are left
 * out. Within a file, events may be up to {@link LineReorderer#LINES} lines away from their place.
 */
public final class EventFiles implements Traffic {
    private final LineReorderer impressions;
    private final LineReorderer actions;

    private EventFiles(LineReorderer impressions, LineReorderer actions) {
        this.impressions = impressions;
        this.actions = actions;
    }

    /**
     * Opens both files; gzip is recognised by the files' first bytes.
     *
     * @throws UncheckedIOException when one cannot be read; so do all other methods
     */
    public static EventFiles open(Path impressions, Path actions) {
        LineReorderer shown = new LineReorderer(TrafficEvent.Kind.IMPRESSION, lines(impressions));
        try {
            return new EventFiles(shown, new LineReorderer(TrafficEvent.Kind.ACTION, lines(actions)));
        } catch (UncheckedIOException e) {
            shown.close();
            throw e;
        }
    }

    @Override
    public boolean hasNext() {
        return impressions.peek() != null || actions.peek() != null;
    }

    @Override
    public TrafficEvent next() {
        TrafficEvent shown = impressions.peek();
        TrafficEvent acted = actions.peek();
        if (shown == null && acted == null) {
            throw new NoSuchElementException("Both files are at their end");
        }
        boolean impressionFirst = acted == null || shown != null && shown.timeMs() <= acted.timeMs();
        return impressionFirst ? impressions.poll() : actions.poll();
    }

    @Override
    public void close() {
        impressions.close();
        actions.close();
    }

    private static LineReader lines(Path file) {
        try {
            InputStream bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            bytes.mark(2);
            boolean gzip = bytes.read() == 0x1f && bytes.read() == 0x8b;
            bytes.reset();
            return new LineReader(file, gzip ? new BufferedInputStream(new GZIPInputStream(bytes), 1 << 16) : bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}

package io.freshet.store.admission;

/**
 * Event time in periods; at the end of each, counts are halved.
 *
 * @param periodMs milliseconds; 0 for one period that never ends
 */
public record Decay(long periodMs) {
    /** The number of a period. */
    long period(long clockMs) {
        return periodMs == 0 ? 0 : Math.floorDiv(clockMs, periodMs);
    }

    /** A count of one period as of a later one. */
    static int aged(int count, long periods) {
        return periods >= Integer.SIZE ? 0 : count >> (int) Math.max(0, periods);
    }
}

package io.freshet.store.expiry;

/**
 * Which rows of one table in one key group may go.
 *
 * @param afterMs rows whose last update is longer ago than this, in milliseconds of event time; 0 for none
 * @param minRows never so many that fewer than this are left
 * @param maxRows above this those go that were updated longest ago; 0 for no limit
 */
public record ExpiryRule(long afterMs, long minRows, long maxRows) {
    /** The share of one key group of so many. */
    public ExpiryRule share(int keyGroups) {
        return new ExpiryRule(
                afterMs, (minRows + keyGroups - 1) / keyGroups, maxRows == 0 ? 0 : Math.max(1, maxRows / keyGroups));
    }

    /** By age alone, what was last updated before this is gone. */
    public long limit(long clockMs) {
        // A clock that has not started is long before every event.
        return afterMs == 0 || clockMs < Long.MIN_VALUE + afterMs ? Long.MIN_VALUE : clockMs - afterMs;
    }
}

package io.freshet.store.expiry;

/**
 * Which rows of a table may go, or of a part of it.
 *
 * @param afterMs rows whose last update is longer ago than this, in milliseconds of event time; 0 for none
 * @param minRows never so many that fewer than this are left
 * @param maxRows above this those go that were updated longest ago; {@link #UNLIMITED} for no limit
 */
public record ExpiryRule(long afterMs, long minRows, long maxRows) {
    /** As many rows as there may be. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Whether any row ever goes. */
    public boolean isOn() {
        return afterMs > 0 || maxRows < UNLIMITED;
    }

    /**
     * The share of a part of a table, in proportion to its key groups. The shares of parts that make up a table add up to
     * the table's rows exactly.
     *
     * @param firstGroup of the part's key groups
     * @param lastGroup of the part's key groups, itself included
     * @param keyGroups of the table
     */
    public ExpiryRule share(int firstGroup, int lastGroup, int keyGroups) {
        long most = maxRows == UNLIMITED
                ? UNLIMITED
                : upTo(maxRows, lastGroup + 1, keyGroups) - upTo(maxRows, firstGroup, keyGroups);
        return new ExpiryRule(
                afterMs, upTo(minRows, lastGroup + 1, keyGroups) - upTo(minRows, firstGroup, keyGroups), most);
    }

    /** {@code rows * groups / keyGroups}, without overflow. */
    private static long upTo(long rows, int groups, int keyGroups) {
        return rows / keyGroups * groups + rows % keyGroups * groups / keyGroups;
    }

    /** By age alone, what was last updated before this is gone. */
    public long limit(long clockMs) {
        // A clock that has not started is long before every event.
        return afterMs == 0 || clockMs < Long.MIN_VALUE + afterMs ? Long.MIN_VALUE : clockMs - afterMs;
    }
}

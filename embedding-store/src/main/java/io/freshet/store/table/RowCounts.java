package io.freshet.store.table;

/**
 * How the hot tier fares.
 *
 * @param reads rows gathered
 * @param hits those among them that were hot already
 * @param evictions rows that left the hot tier to make room
 * @param hotRows rows in the hot tier now
 * @param dirtyRows those among them that are newer than their durable copy
 * @param hotBytes memory of the hot tier outside the heap
 * @param skippedSteps gradients that were infinite or not a number, and so left their rows alone
 */
public record RowCounts(
        long reads, long hits, long evictions, long hotRows, long dirtyRows, long hotBytes, long skippedSteps) {
    static final RowCounts NONE = new RowCounts(0, 0, 0, 0, 0, 0, 0);

    /** Share of the rows gathered that were hot, in [0, 1]; 1 when none was gathered. */
    public double hitRate() {
        return reads == 0 ? 1 : (double) hits / reads;
    }

    RowCounts plus(RowCounts that) {
        return new RowCounts(
                reads + that.reads,
                hits + that.hits,
                evictions + that.evictions,
                hotRows + that.hotRows,
                dirtyRows + that.dirtyRows,
                hotBytes + that.hotBytes,
                skippedSteps + that.skippedSteps);
    }
}

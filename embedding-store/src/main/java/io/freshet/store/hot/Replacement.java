package io.freshet.store.hot;

import io.freshet.store.hash.Mix64;

/**
 * Which rows of a full table have to go: the rule of S3-FIFO (Yang et al., SOSP 2023), in place.
 *
 * <p>A row that comes is on probation, among the tenth of the rows that came last. When its time is over it stays only if
 * it has been used more than once meanwhile; those that came once go soon, however many come. Whoever went so and comes
 * back while it is remembered ({@link RecentlyLeft}) stays at once. Among those that stay a CLOCK with a count of uses up
 * to 3 chooses, whose hand goes over the index ({@link HotIndex#passHand}).
 *
 * <p>No row is moved, and a use costs what it costs with CLOCK alone: it raises the count in the index entry. All else is
 * done as rows come and go (docs/decisions/0025).
 *
 * <p>Threads: one.
 */
final class Replacement {
    /** Of memory, per row of the table: the queue is replaced by one twice as long as it grows. */
    static final double BYTES_PER_ROW = RecentlyLeft.BYTES_PER_ROW + 1.5 * Integer.BYTES / 10;

    private static final int ROWS_PER_ROW_ON_PROBATION = 10;

    /** A batch that learns from a row for the first time reads it and then steps it: that is one use. */
    private static final int USES_TO_STAY = 2;

    private final RowSlabs rows;

    /** Rows on probation in the order in which they came; some may have been removed, and their slots have other rows. */
    private final SlotQueue probation;

    private final RecentlyLeft left;

    Replacement(RowSlabs rows, int maxRows) {
        this.rows = rows;
        probation = new SlotQueue(Math.max(1, maxRows / ROWS_PER_ROW_ON_PROBATION));
        left = new RecentlyLeft(maxRows);
    }

    long bytes() {
        return probation.bytes() + left.bytes();
    }

    /** A row has come into a slot: puts it into the index. */
    void add(HotIndex index, long id, int slot) {
        boolean stays = left.take(Mix64.mix(id));
        index.add(id, slot, !stays);
        if (!stays) {
            if (probation.size() == probation.maxSize()) {
                int place = placeOnProbation(index, probation.take());
                if (place != HotIndex.NONE) {
                    index.release(place); // There is room for it, or it would have been a victim.
                }
            }
            probation.add(slot);
        }
    }

    /**
     * Slots of the rows that have to go next.
     *
     * @param slots gets at most {@code count} different ones, from 0 on
     * @return how many: fewer than {@code count} only when there are no more rows
     */
    int victims(HotIndex index, int[] slots, int count) {
        // As many come as go, and are on probation then.
        int leftBehind = Math.max(0, probation.maxSize() - count);
        int found = 0;
        while (found < count && probation.size() > leftBehind) {
            found += endProbation(index, USES_TO_STAY, slots, found);
        }
        int byProbation = found;
        found += index.passHand(slots, found, count - found);
        int byHand = found;
        while (found < count && probation.size() > 0) {
            found += endProbation(index, Integer.MAX_VALUE, slots, found);
        }
        release(index, slots, 0, byProbation);
        release(index, slots, byHand, found);
        return found;
    }

    /** The hand has passed, and they may stay if their user cannot let them go. */
    private void release(HotIndex index, int[] slots, int from, int to) {
        for (int i = from; i < to; i++) {
            index.release(index.placeOf(rows.id(slots[i])));
        }
    }

    /** Ends the longest probation: the row stays, or its slot is noted and 1 returned. */
    private int endProbation(HotIndex index, int usesToStay, int[] slots, int at) {
        int slot = probation.take();
        int place = placeOnProbation(index, slot);
        if (place == HotIndex.NONE) {
            return 0;
        }
        if (index.uses(place) >= usesToStay) {
            index.release(place);
            return 0;
        }
        index.choose(place);
        slots[at] = slot;
        left.add(Mix64.mix(rows.id(slot)));
        return 1;
    }

    /** Where the index has the row of a slot that was put on probation; NONE when that row is gone or stays already. */
    private int placeOnProbation(HotIndex index, int slot) {
        int place = index.placeOf(rows.id(slot));
        return place != HotIndex.NONE && index.isOnProbation(place, slot) ? place : HotIndex.NONE;
    }
}

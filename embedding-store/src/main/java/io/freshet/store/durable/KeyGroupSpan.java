package io.freshet.store.durable;

/**
 * A run of key groups.
 *
 * @param first from 0
 * @param last the same as {@code first} or behind it
 */
public record KeyGroupSpan(int first, int last) {
    /** Refuses runs that hold no group. */
    public KeyGroupSpan {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException(
                    "Key groups run from 0 or more to the same or more, not from %d to %d.".formatted(first, last));
        }
    }

    /** Throws unless the group is one of these. */
    public void require(int keyGroup) {
        if (keyGroup < first || keyGroup > last) {
            throw new IllegalArgumentException(
                    "Key group %d is not kept here, only %d to %d are.".formatted(keyGroup, first, last));
        }
    }
}

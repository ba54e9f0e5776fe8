package io.freshet.store.durable;

/** Where a walk over the rows of a table has come to, see {@link DurableRows#walk}. Holds nothing open between steps. */
@FunctionalInterface
public interface RowWalk {
    /**
     * Goes on for at most {@code maxRows} rows. The visitor calls nothing of the store.
     *
     * @return how many were visited; fewer than {@code maxRows} when the walk has come to its end
     */
    int next(int maxRows, DurableRows.Visitor visitor);
}

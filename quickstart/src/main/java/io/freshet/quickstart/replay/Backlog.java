package io.freshet.quickstart.replay;

/** Tells how far the job is behind. Safe from any thread. */
@FunctionalInterface
public interface Backlog {
    /**
     * Events that were sent and are not dealt with yet.
     *
     * @param sent how many events were sent in all
     */
    long events(long sent);
}

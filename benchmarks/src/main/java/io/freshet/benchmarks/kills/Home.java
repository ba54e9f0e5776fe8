package io.freshet.benchmarks.kills;

import io.freshet.benchmarks.process.ChildJvm;
import io.freshet.benchmarks.result.ResultLine;

/** Where rows are kept while their process is killed: how to start one, and how to look at what is left of it. */
interface Home extends AutoCloseable {
    /** Starts a process that says {@link Victim#READY}, waits for {@link #order}, and then works until it is killed. */
    ChildJvm victim(int number);

    /** The line that lets the next one work. */
    String order();

    /** In so many milliseconds after it a victim has begun its work. */
    int beginningMs();

    /**
     * Restores the newest complete checkpoint and compares it with the model.
     *
     * @param said operations of which the victim said that they are kept
     */
    void compare(long said);

    /** After the last kill: what there is to compare then, and all that was compared, in numbers. */
    ResultLine finish(ResultLine line);

    @Override
    void close();
}

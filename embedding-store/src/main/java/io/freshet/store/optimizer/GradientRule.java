package io.freshet.store.optimizer;

/** What is done to gradients before an optimizer uses them. Threads: no state, any thread. */
interface GradientRule {
    /** Changes the gradients of a block, and nothing else of it. */
    void adjust(RowBlock block);
}

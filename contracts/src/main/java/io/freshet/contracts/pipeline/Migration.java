package io.freshet.contracts.pipeline;

/** A way in which stored rows may be fitted to a table that has changed in the pipeline file. */
public enum Migration {
    /** New columns get their initial values and fresh optimizer state. */
    WIDEN,
    /** Columns that the table no longer has are forgotten, with their optimizer state. */
    NARROW,
    /** The state of another type of optimizer is forgotten; weights stay, state begins afresh. */
    RESET_OPTIMIZER
}

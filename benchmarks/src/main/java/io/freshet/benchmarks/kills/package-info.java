/**
 * A crash test of rows with an expected state, in the manner of RocksDB's own: one process works on rows and is killed at
 * random moments, another restores the newest complete checkpoint and compares every bit with what the operations it
 * covers must have made of the rows.
 *
 * <p>Rows are kept in a database of their own or in the state of a Flink job: {@code Home} is either, the rest is the same.
 *
 * <p>Start at {@link io.freshet.benchmarks.kills.KillsCommand}, then {@code KillTest}, which kills and compares; {@code
 * Victim} is the process that is killed, {@code Operations} what it does, {@code ExpectedRows} the model, {@code
 * Survivors} and {@code Comparison} what looks at the remains, and at what servers would have.
 */
package io.freshet.benchmarks.kills;

/**
 * What is served: one pointer to a version, whose rows and dense weights belong together.
 *
 * <p>Start at {@code ModelReplica}. The follower's thread puts a new {@code ServedVersion} in place; requests take hold of
 * the one they find, score with it and let it go. A version that was replaced is freed when its last request has ended:
 * dense weights by counting, rows by the garbage collector.
 *
 * <p>{@code ServerStatistics} is what a server knows about itself, {@code EventToServed} the age of what it has learnt.
 */
package io.freshet.serving.replica;

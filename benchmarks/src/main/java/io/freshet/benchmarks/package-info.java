/**
 * What Freshet claims, measured: {@code ./freshet bench NAME}. Start at {@link io.freshet.benchmarks.Bench}; a package
 * for each question. Shipped with nothing, and known to no other module.
 */
package io.freshet.benchmarks;

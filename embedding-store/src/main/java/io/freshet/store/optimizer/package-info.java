/**
 * How gradients change rows. Start at {@link io.freshet.store.optimizer.RowOptimizer}, which works on
 * {@link io.freshet.store.optimizer.RowBlock}s: copies of rows on the heap, as only loops over arrays are vectorised.
 */
package io.freshet.store.optimizer;

/**
 * Rows in memory outside the heap. Start at {@link io.freshet.store.hot.HotTable}; its memory is {@code RowSlabs}, its
 * index {@code HotIndex}, and {@code RowReader} is how threads other than the owner read.
 *
 * <p>Knows ids, slots and floats; nothing of what the floats mean, and nothing of where rows go when they leave.
 */
package io.freshet.store.hot;

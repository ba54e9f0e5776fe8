/**
 * The durable tier of rows, as the hot tier sees it. Start at {@link io.freshet.store.durable.DurableRows}.
 *
 * <p>{@link io.freshet.store.durable.RocksRows} keeps rows in RocksDB, be it the one of a stream processor's keyed state,
 * which brings checkpoints and rescaling, or a {@link io.freshet.store.durable.RowDatabase} of their own. The bytes of a
 * row are described in {@code io.freshet.store.table}, those of its key in {@code RowKeys}. {@code DurableRowsContract},
 * in this module's test jar, is the test that every implementation has to pass.
 */
package io.freshet.store.durable;

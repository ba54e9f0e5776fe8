/**
 * The durable tier of rows, as the hot tier sees it. Start at {@link io.freshet.store.durable.DurableRows}.
 *
 * <p>The trainer's implementation is keyed state of its stream processor, which brings checkpoints and rescaling; the
 * bytes it keeps are described in {@code io.freshet.store.table}. {@code DurableRowsContract}, in this module's test
 * jar, is the test that every implementation has to pass.
 */
package io.freshet.store.durable;

/**
 * Which rows are forgotten, by event time alone. Start at {@link io.freshet.store.expiry.RowAges}, of which there is one per
 * table and key group; {@link io.freshet.store.expiry.ExpiryRule} says what it has to keep to.
 */
package io.freshet.store.expiry;

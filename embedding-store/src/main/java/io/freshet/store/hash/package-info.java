/** The one hash of this module: {@link io.freshet.store.hash.Mix64} makes initial values and spreads ids over indexes. */
package io.freshet.store.hash;

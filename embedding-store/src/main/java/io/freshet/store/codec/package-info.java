/** How weights are written in fewer bits. Start at {@link io.freshet.store.codec.Fp16}. */
package io.freshet.store.codec;

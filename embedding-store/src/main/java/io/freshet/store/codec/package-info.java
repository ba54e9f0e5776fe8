/**
 * How the weights of a row are written for servers. Start at {@link io.freshet.store.codec.RowEncoding}, the ways that
 * there are; then {@link io.freshet.store.codec.Fp16} and {@link io.freshet.store.codec.Int8Row}, whose comments lay out
 * the bytes.
 */
package io.freshet.store.codec;

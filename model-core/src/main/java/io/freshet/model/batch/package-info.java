/**
 * From encoded examples to what one call of the engine takes. Start at {@link io.freshet.model.batch.BatchAssembler}.
 *
 * <p>Knows no engine: memory is plain direct buffers.
 */
package io.freshet.model.batch;

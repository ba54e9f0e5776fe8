/**
 * The PyTorch engine through DJL: set up once, scripts loaded and run. Start at
 * {@link io.freshet.model.engine.ScriptModule}. The only place, with {@code step}, {@code score} and {@code oracle}, that
 * knows DJL.
 */
package io.freshet.model.engine;

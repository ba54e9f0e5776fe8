/**
 * The PyTorch engine through DJL: set up once, scripts loaded and run. Start at
 * {@link io.freshet.model.engine.ScriptModule}. Only this package, {@code step} and {@code score} know DJL.
 */
package io.freshet.model.engine;

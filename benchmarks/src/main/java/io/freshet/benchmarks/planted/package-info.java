/**
 * A stream whose truth is known: crosses of two, three and four fields, planted and drifting. Start at
 * {@link io.freshet.benchmarks.planted.PlantedTask}.
 */
package io.freshet.benchmarks.planted;

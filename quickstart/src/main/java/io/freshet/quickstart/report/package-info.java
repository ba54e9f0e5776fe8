/** What a run has shown, as JSON and as a table. Start at {@code Report}; {@code PredictionLog} is where its quality comes from. */
package io.freshet.quickstart.report;

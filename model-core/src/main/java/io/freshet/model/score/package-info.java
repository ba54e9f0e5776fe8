/** Scoring with published weights, by many threads. Start at {@link io.freshet.model.score.Scorer}. */
package io.freshet.model.score;

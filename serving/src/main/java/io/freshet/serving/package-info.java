/**
 * The server: follows the model topics, swaps versions, scores over HTTP.
 *
 * <p>Start at {@code RankingServer}. {@code follow} says when a version is whole, {@code replica} holds the live one,
 * {@code http} answers.
 */
package io.freshet.serving;

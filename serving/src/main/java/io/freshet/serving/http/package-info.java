/**
 * The server's HTTP interface, on Armeria.
 *
 * <pre>
 *   POST /v1/score     {"features":{...},"candidates":[{...},...]}
 *                      200 {"version":{"lineage":"...","sequence":7,"checkpoint_id":9},"scores":[{"like":0.73},...]}
 *   GET  /v1/versions  the live version and those before it
 *   GET  /metrics      Prometheus
 *   GET  /healthz      200 while the process is alive
 *   GET  /readyz       200 while a version is live, else 503
 * </pre>
 *
 * <p>Whatever goes wrong is answered by {@code {"error":"...","field":"candidates[3].item"}}, without {@code field} where
 * none is to blame: 400 for a wrong request, 405 and 404 as usual, 413 for a body that is too large, 503 while no version
 * is live or more requests wait than may.
 *
 * <p>Start at {@code ScoreService}, then {@code ScoreRequestReader}. Event loops only pass bytes on: requests are read and
 * scored by the threads of {@code ScoringThreads}.
 */
package io.freshet.serving.http;

package io.freshet.quickstart.display;

import java.util.OptionalDouble;

/**
 * Where a run stands.
 *
 * @param trained examples that were learnt
 * @param recentAuc over the newest predictions, null while it is unknown
 * @param served which version answers requests
 * @param servedAgeSeconds since the trainer cut that version, absent before the first
 */
public record Progress(
        long impressions,
        long actions,
        long trained,
        Double recentAuc,
        long served,
        OptionalDouble servedAgeSeconds,
        long requests,
        long failedRequests) {}

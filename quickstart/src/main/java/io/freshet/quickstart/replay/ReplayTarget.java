package io.freshet.quickstart.replay;

/**
 * Where replayed events go.
 *
 * @param impressions topic of the impressions
 * @param actions topic of the actions
 */
public record ReplayTarget(String bootstrapServers, String impressions, String actions) {}

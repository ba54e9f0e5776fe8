package io.freshet.quickstart.replay;

/**
 * Where replayed events go.
 *
 * @param impressions topic of the impressions
 * @param actions topic of the actions
 * @param maxLead how many events may wait for the job before the replay waits too
 */
public record ReplayTarget(String bootstrapServers, String impressions, String actions, long maxLead) {}

package io.freshet.serving.replica;

import io.freshet.contracts.update.proto.VersionRecord;

/**
 * A version that is or was live.
 *
 * @param rows of all tables that it had
 * @param liveSinceMs wall clock when it went live, milliseconds since the epoch
 */
public record PastVersion(VersionRecord record, long rows, long liveSinceMs) {}

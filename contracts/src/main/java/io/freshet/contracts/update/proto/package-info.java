/** Generated from {@code freshet/updates.proto}, which describes every message. Start at {@code VersionRecord}. */
package io.freshet.contracts.update.proto;

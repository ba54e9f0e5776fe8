/** Generated from {@code freshet/events.proto}, which describes every message. Start at {@code Impression}. */
package io.freshet.contracts.event.proto;

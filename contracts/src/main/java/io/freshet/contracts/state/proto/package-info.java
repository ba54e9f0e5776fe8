/** Generated from {@code freshet/state.proto}, which describes every message. Start at {@code ModelStamp}. */
package io.freshet.contracts.state.proto;

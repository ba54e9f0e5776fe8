package io.freshet.flink.deadletter;

import io.freshet.contracts.event.proto.DeadLetter;

/**
 * A message of the dead-letter topic on its way there.
 *
 * @param value serialized protobuf {@link DeadLetter}
 */
public record DeadLetterRecord(byte[] value) {
    /** Serializes a dead letter. */
    public static DeadLetterRecord of(DeadLetter letter) {
        return new DeadLetterRecord(letter.toByteArray());
    }
}

package io.freshet.contracts.pipeline;

import java.io.Serializable;

/** Where one kind of event comes from, and how its messages are written. */
public record EventTopic(String topic, Format format) implements Serializable {
    /** Encoding of a message. */
    public enum Format {
        JSON,
        PROTOBUF
    }
}

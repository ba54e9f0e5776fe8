package io.freshet.contracts.pipeline;

import java.io.Serializable;

/** Where one kind of event comes from, and how its messages are written. */
public record EventTopic(String topic, Format format) implements Serializable {
    /** Where impressions come from when the file does not say. */
    public static final EventTopic DEFAULT_IMPRESSIONS = new EventTopic("impressions", Format.JSON);

    /** Where actions come from when the file does not say. */
    public static final EventTopic DEFAULT_ACTIONS = new EventTopic("actions", Format.JSON);

    public EventTopic {
        new Problems()
                .require(Names.isTopic(topic), "topic", Names.TOPIC_RULE, topic)
                .throwIfAny();
    }

    /** Encoding of a message. */
    public enum Format {
        JSON,
        PROTOBUF
    }
}

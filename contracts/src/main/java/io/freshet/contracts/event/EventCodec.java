package io.freshet.contracts.event;

import com.google.protobuf.InvalidProtocolBufferException;
import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.pipeline.EventTopic.Format;

/**
 * Reads and writes the messages of the input topics in either format. What has been read holds a non-empty impression
 * id, a time above 0, and only finite numbers, whichever format it came in.
 *
 * <p>Threads: immutable, any number of threads may use one.
 */
public final class EventCodec {
    private final Format format;

    private EventCodec(Format format) {
        this.format = format;
    }

    /** The codec of a format. */
    public static EventCodec of(Format format) {
        return new EventCodec(format);
    }

    /** @throws MalformedEventException naming what is wrong with the message */
    public Impression readImpression(byte[] message) throws MalformedEventException {
        if (format == Format.JSON) {
            return JsonEvents.readImpression(message);
        }
        try {
            return EventRules.checked(Impression.parseFrom(message));
        } catch (InvalidProtocolBufferException notProtobuf) {
            throw notAMessage("Impression", notProtobuf);
        }
    }

    /** @throws MalformedEventException naming what is wrong with the message */
    public Action readAction(byte[] message) throws MalformedEventException {
        if (format == Format.JSON) {
            return JsonEvents.readAction(message);
        }
        try {
            Action action = Action.parseFrom(message);
            return EventRules.checked(
                    action.hasValue() ? action : action.toBuilder().setValue(1).build());
        } catch (InvalidProtocolBufferException notProtobuf) {
            throw notAMessage("Action", notProtobuf);
        }
    }

    /** @throws IllegalArgumentException when the impression is one that could not be read again */
    public byte[] write(Impression impression) {
        return format == Format.JSON
                ? JsonEventWriter.write(impression)
                : EventRules.required(impression).toByteArray();
    }

    /** @throws IllegalArgumentException when the action is one that could not be read again */
    public byte[] write(Action action) {
        return format == Format.JSON
                ? JsonEventWriter.write(action)
                : EventRules.required(action).toByteArray();
    }

    private static MalformedEventException notAMessage(String type, InvalidProtocolBufferException cause) {
        return new MalformedEventException("The message is no protobuf freshet." + type + ": " + cause.getMessage());
    }
}

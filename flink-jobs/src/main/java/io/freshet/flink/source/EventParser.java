package io.freshet.flink.source;

import com.google.protobuf.UnknownFieldSet;
import io.freshet.contracts.event.EventCodec;
import io.freshet.contracts.event.MalformedEventException;
import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.feature.FeatureEncoder;
import io.freshet.contracts.feature.FeatureException;
import io.freshet.contracts.pipeline.Pipeline;
import java.io.Serializable;

/** Reads a message's value as one kind of event, and refuses what could not be learnt from. */
public interface EventParser {
    /**
     * Reads a value.
     *
     * @throws MalformedEventException when it is no such event
     * @throws FeatureException when a feature's value does not fit the pipeline
     */
    Parsed parse(byte[] value) throws MalformedEventException, FeatureException;

    /**
     * A good event.
     *
     * @param payload serialized protobuf
     */
    record Parsed(String impressionId, long timeMs, byte[] payload) {}

    /** Makes the parser of a pipeline where it is needed, since parsers do not travel. */
    interface Factory extends Serializable {
        EventParser of(Pipeline pipeline);
    }

    /** Reads impressions whose features the pipeline can encode. */
    static EventParser ofImpressions(Pipeline pipeline) {
        EventCodec codec = EventCodec.of(pipeline.impressions().format());
        FeatureEncoder encoder = new FeatureEncoder(pipeline);
        return value -> {
            Impression read = codec.readImpression(value);
            encoder.encode(read.getFeaturesMap());
            // A field we do not know would get a meaning of its own where the join makes an Example of these bytes.
            Impression impression = read.toBuilder()
                    .setUnknownFields(UnknownFieldSet.getDefaultInstance())
                    .build();
            return new Parsed(impression.getImpressionId(), impression.getTimeMs(), impression.toByteArray());
        };
    }

    /** Reads actions. */
    static EventParser ofActions(Pipeline pipeline) {
        EventCodec codec = EventCodec.of(pipeline.actions().format());
        return value -> {
            Action action = codec.readAction(value);
            return new Parsed(action.getImpressionId(), action.getTimeMs(), action.toByteArray());
        };
    }
}

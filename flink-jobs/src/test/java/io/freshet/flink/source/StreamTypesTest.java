package io.freshet.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.flink.deadletter.DeadLetterRecord;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.join.JoinedExample;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What travels between operators is written by Flink's own serializers, never by Kryo. */
class StreamTypesTest {
    private static SerializerConfigImpl withoutKryo() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.configure(configuration, StreamTypesTest.class.getClassLoader());
        return config;
    }

    @ParameterizedTest
    @ValueSource(classes = {SourceEvent.class, JoinedExample.class, DeadLetterRecord.class})
    void aStreamTypeIsAPojoAllTheWayDown(Class<?> type) {
        TypeInformation<?> information = TypeInformation.of(type);

        assertThat(information).isInstanceOf(PojoTypeInfo.class);
        // Throws where any field would fall back to Kryo.
        assertThat(information.createSerializer(withoutKryo())).isNotNull();
    }

    @Test
    void theSideOutputIsOneToo() {
        assertThat(DeadLetters.TAG.getTypeInfo()).isInstanceOf(PojoTypeInfo.class);
    }

    @Test
    void anEventSurvivesTheJourney() throws Exception {
        SourceEvent event = new SourceEvent(
                SourceEvent.IMPRESSION, "i", 1, new byte[] {1, 2}, new byte[] {3}, 4, "t", 5, 6, "", "größer");
        TypeSerializer<SourceEvent> serializer =
                TypeInformation.of(SourceEvent.class).createSerializer(withoutKryo());
        DataOutputSerializer out = new DataOutputSerializer(64);

        serializer.serialize(event, out);
        SourceEvent read = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));

        assertThat(read).usingRecursiveComparison().isEqualTo(event);
    }
}

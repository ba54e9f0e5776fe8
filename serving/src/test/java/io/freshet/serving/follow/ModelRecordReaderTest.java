package io.freshet.serving.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.RowKey;
import io.freshet.serving.FakePublisher;
import io.freshet.serving.LogRecord;
import io.freshet.serving.LogRecord.Topic;
import io.freshet.serving.follow.ModelRecordReader.UnreadableRecordException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ModelRecordReaderTest {
    private static final PipelineTopics TOPICS = new PipelineTopics("rows", "dense", "versions", "dead", "examples");

    private final ModelRecordReader reader = new ModelRecordReader(TOPICS);
    private final List<LogRecord> version =
            new FakePublisher(StagerHarness.MODEL, "a", 1, 1).learn(42, 1).cut(7);

    private ModelRecord read(Topic topic, byte[] key, byte[] value) throws UnreadableRecordException {
        return reader.read(new ConsumerRecord<>(topic.name(TOPICS), 0, 5, key, value), true);
    }

    private void refuses(Topic topic, byte[] key, byte[] value, String why) {
        assertThatThrownBy(() -> read(topic, key, value))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageContaining("offset 5")
                .hasMessageContaining(why);
    }

    @Test
    void readsEachKindOfRecord() throws UnreadableRecordException {
        for (LogRecord record : version) {
            ModelRecord read = read(record.topic(), record.key(), record.value());
            assertThat(read.version().getCheckpointId()).isEqualTo(7);
            if (record.isRow()) {
                assertThat(read).isInstanceOf(ModelRecord.Row.class);
                assertThat(((ModelRecord.Row) read).table()).isEqualTo("item");
                assertThat(((ModelRecord.Row) read).id()).isEqualTo(42);
            }
        }
    }

    @Test
    void readsATombstoneFromItsHeader() throws UnreadableRecordException {
        LogRecord gone = new FakePublisher(StagerHarness.MODEL, "a", 1, 1)
                .forget(42)
                .cut(7)
                .get(0);
        ModelRecord.Row read = (ModelRecord.Row) reader.read(gone.consumed(TOPICS), true);
        assertThat(read.id()).isEqualTo(42);
        assertThat(read.update().getTombstone()).isTrue();
        assertThat(read.version().getCheckpointId()).isEqualTo(7);
        refuses(Topic.ROWS, gone.key(), gone.value(), "a tombstone with a value");
    }

    @Test
    void refusesWhatIsNotOurs() {
        LogRecord row = version.get(0);
        LogRecord marker = version.get(1);
        refuses(Topic.ROWS, row.key(), null, "without header freshet-row");
        refuses(Topic.DENSE, new byte[4], null, "without value");
        refuses(Topic.ROWS, null, row.value(), "without key");
        refuses(Topic.ROWS, row.key(), new byte[] {1, 2, 3}, "Only Freshet may write");
        refuses(Topic.ROWS, row.key(), marker.value(), "the key of a row over a value of kind MARKER");
        refuses(Topic.ROWS, RowKey.ofMarker(0), row.value(), "the key of a marker over a value of kind ROW");
        refuses(Topic.DENSE, new byte[4], new byte[0], "without lineage");
    }
}

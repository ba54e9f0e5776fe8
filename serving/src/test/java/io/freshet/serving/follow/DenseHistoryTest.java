package io.freshet.serving.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.serving.FakePublisher;
import io.freshet.serving.LogRecord;
import io.freshet.serving.follow.ModelRecordReader.UnreadableRecordException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DenseHistoryTest {
    private static final PipelineTopics TOPICS = new PipelineTopics("rows", "dense", "versions", "dead", "examples");

    private final DenseHistory history = new DenseHistory(ModelShape.of("fp", 3, List.of()));
    private final FakePublisher publisher = publisher("fp", "first");

    @Test
    void theNewestVersionWithAllItsChunksIsTaken() {
        take(publisher.cutTrainer(5, new float[] {1, 2, 3}));
        take(publisher.cutTrainer(8, new float[] {4, 5, 6}));
        PublishedDense newest = history.newest().orElseThrow();
        assertThat(newest.dense()).containsExactly(4, 5, 6);
        assertThat(newest.record().getVersion().getCheckpointId()).isEqualTo(8);
    }

    @Test
    void aVersionThatLacksAChunkIsPassedOver() {
        take(publisher.cutTrainer(5, new float[] {1, 2, 3}));
        List<LogRecord> half = new ArrayList<>(publisher.cutTrainer(8, new float[] {4, 5, 6}));
        half.remove(0);
        take(half);
        assertThat(history.newest().orElseThrow().dense()).containsExactly(1, 2, 3);
    }

    @Test
    void aLaterLineageIsNewerWhateverItsCheckpointIds() {
        take(publisher.cutTrainer(50, new float[] {1, 2, 3}));
        take(publisher("fp", "second").cutTrainer(7, new float[] {4, 5, 6}));
        assertThat(history.newest().orElseThrow().record().getVersion().getLineage())
                .isEqualTo("second");
    }

    @Test
    void withoutAVersionThereIsNothing() {
        assertThat(history.newest()).isEmpty();
    }

    @Test
    void versionsOfAnotherModelAreRefusedNamingBoth() {
        take(publisher("other", "first").cutTrainer(5, new float[] {1, 2, 3}));
        assertThatThrownBy(history::newest)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("versions of model other")
                .hasMessageContaining("describes model fp");
    }

    @Test
    void aDamagedChunkIsRefused() {
        List<LogRecord> records = publisher.cutTrainer(5, new float[] {1, 2, 3});
        List<LogRecord> others = publisher("fp", "first").cutTrainer(5, new float[] {1, 2, 4});
        take(List.of(records.get(0), others.get(1), records.get(2)));
        assertThatThrownBy(history::newest)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("checksum");
    }

    private static FakePublisher publisher(String fingerprint, String lineage) {
        return new FakePublisher(new FakePublisher.Model(fingerprint, "item", 2, 3), lineage, 1, 1);
    }

    private void take(List<LogRecord> records) {
        ModelRecordReader reader = new ModelRecordReader(TOPICS);
        for (LogRecord record : records) {
            try {
                history.accept(reader.read(
                        new ConsumerRecord<>(record.topic().name(TOPICS), 0, 0, record.key(), record.value()), false));
            } catch (UnreadableRecordException e) {
                throw new AssertionError(e);
            }
        }
    }
}

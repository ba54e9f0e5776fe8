package io.freshet.serving.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.serving.FakePublisher;
import io.freshet.serving.LogRecord;
import io.freshet.serving.follow.ModelRecordReader.UnreadableRecordException;
import io.freshet.store.replica.Snapshot;
import io.freshet.store.table.TableSpec;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stager, the outcomes it had, and a comparison of what went live with what should have. */
final class StagerHarness {
    static final FakePublisher.Model MODEL = new FakePublisher.Model("fp", "item", 2, 3);

    private static final TableSpec ITEM = new TableSpec(
            TableConfig.of("item", 1).with(InitialConfig.of(InitialConfig.Type.ZEROS)), 0, true, /* seed */ 1);
    private static final ModelShape SHAPE = ModelShape.of("fp", 3, List.of(ITEM));
    private static final PipelineTopics TOPICS = new PipelineTopics("rows", "dense", "versions", "dead", "examples");

    private final VersionStager stager;
    private final ModelRecordReader reader = new ModelRecordReader(TOPICS);
    private final List<Outcome> outcomes = new ArrayList<>();

    /** Empty topics: everything to come is of the tail. */
    static StagerHarness onEmptyTopics() {
        StagerHarness harness = new StagerHarness(Optional.empty(), 0);
        harness.prefixesRead();
        return harness;
    }

    StagerHarness(Optional<VersionId> served) {
        this(served, 0);
    }

    /** For the last parameter see the stager. */
    StagerHarness(Optional<VersionId> served, long followingSinceMs) {
        stager = new VersionStager(SHAPE, served, followingSinceMs);
    }

    /** Records behind the end offsets. */
    StagerHarness tail(List<LogRecord> records) {
        records.forEach(record -> take(record, true));
        return this;
    }

    /** Records before the end offsets. */
    StagerHarness prefix(List<LogRecord> records) {
        records.forEach(record -> take(record, false));
        return this;
    }

    List<Outcome> take(LogRecord record, boolean tail) {
        List<Outcome> now = stager.accept(parse(record, tail));
        outcomes.addAll(now);
        return now;
    }

    List<Outcome> prefixesRead() {
        List<Outcome> now = stager.prefixesRead();
        outcomes.addAll(now);
        return now;
    }

    private ModelRecord parse(LogRecord record, boolean tail) {
        try {
            return reader.read(record.consumed(TOPICS), tail);
        } catch (UnreadableRecordException e) {
            throw new AssertionError(e);
        }
    }

    VersionStager stager() {
        return stager;
    }

    /** Checkpoint ids of the versions that went live. */
    List<Long> live() {
        return wholes().stream()
                .map(whole -> whole.record().getVersion().getCheckpointId())
                .toList();
    }

    List<Outcome.Whole> wholes() {
        return outcomes.stream()
                .filter(Outcome.Whole.class::isInstance)
                .map(Outcome.Whole.class::cast)
                .toList();
    }

    Outcome.Whole last() {
        return wholes().get(wholes().size() - 1);
    }

    /** What was refused, in words. */
    List<String> complaints() {
        return outcomes.stream()
                .filter(Outcome.Refused.class::isInstance)
                .map(outcome -> ((Outcome.Refused) outcome).refusal().toString())
                .toList();
    }

    List<Refusal.Reason> refusals() {
        return outcomes.stream()
                .filter(Outcome.Refused.class::isInstance)
                .map(outcome -> ((Outcome.Refused) outcome).refusal().reason())
                .toList();
    }

    long dropped() {
        return outcomes.stream().filter(Outcome.Dropped.class::isInstance).count();
    }

    /** Fails unless a version that went live holds what its publisher says, no row more, no row less. */
    static void assertTrue(Outcome.Whole whole, FakePublisher publisher) {
        long checkpointId = whole.record().getVersion().getCheckpointId();
        Map<Long, Float> truth = publisher.truth(checkpointId);
        assertThat(whole.record().getVersion().getLineage()).isEqualTo(publisher.lineage());
        assertThat(whole.dense()).containsOnly((float) checkpointId);
        assertThat(whole.rows().rows()).as("rows of version %d", checkpointId).isEqualTo(truth.size());
        truth.forEach((id, value) -> assertThat(row(whole.rows(), id))
                .as("row %d of version %d", id, checkpointId)
                .containsExactly(value, value));
    }

    static float[] row(Snapshot rows, long id) {
        float[] row = new float[2];
        rows.gather(0, new long[] {id}, 0, 1, FloatBuffer.wrap(row));
        return row;
    }
}

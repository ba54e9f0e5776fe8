package io.freshet.serving.follow;

import io.freshet.contracts.update.proto.VersionRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The dense weights of published versions, out of the dense and versions topics alone. Knows no Kafka. Not thread-safe.
 *
 * <p>Nothing is said of the rows: a version counts as soon as its record and all its dense chunks are there, checked.
 */
final class DenseHistory {
    private final ModelShape shape;
    private final Map<String, DenseStage> stages = new LinkedHashMap<>();
    private final List<VersionRecord> records = new ArrayList<>();

    DenseHistory(ModelShape shape) {
        this.shape = shape;
    }

    /** @throws IllegalStateException if a chunk is damaged */
    void accept(ModelRecord record) {
        if (record instanceof ModelRecord.Version version) {
            records.add(version.record());
        } else if (record instanceof ModelRecord.Chunk chunk) {
            String lineage = chunk.version().getLineage();
            stages.computeIfAbsent(lineage, name -> new DenseStage(name, shape.denseSize()))
                    .chunk(chunk.chunk())
                    .ifPresent(DenseHistory::fail);
        }
    }

    /**
     * The newest version that is whole as far as its dense weights go.
     *
     * @throws IllegalStateException if that one is damaged
     * @throws IllegalArgumentException if it is of another model
     */
    Optional<PublishedDense> newest() {
        for (int i = records.size() - 1; i >= 0; i--) {
            VersionRecord record = records.get(i);
            DenseStage stage = stages.get(record.getVersion().getLineage());
            if (stage != null && stage.complete(record)) {
                checkFingerprint(record);
                stage.check(record).ifPresent(DenseHistory::fail);
                return Optional.of(new PublishedDense(record, stage.weights(record)));
            }
        }
        return Optional.empty();
    }

    private void checkFingerprint(VersionRecord record) {
        if (!record.getModelFingerprint().equals(shape.fingerprint())) {
            throw new IllegalArgumentException(
                    ("The topics hold versions of model %s, but the pipeline file describes model"
                                    + " %s. Use the file that the trainer runs.")
                            .formatted(record.getModelFingerprint(), shape.fingerprint()));
        }
    }

    private static void fail(Refusal refusal) {
        throw new IllegalStateException(refusal.detail() + ".");
    }
}

package io.freshet.flink.train;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.proto.Progress;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.flink.publish.DenseUpdates;
import io.freshet.flink.publish.LineageState;
import io.freshet.flink.publish.PublishRecord;
import io.freshet.flink.publish.VersionPosition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The trainer's part of every version: all dense weights, and the record that says what the version consists of. */
final class DenseVersions {
    private final Pipeline pipeline;
    private final PipelineTopics topics;
    private final DenseUpdates dense;
    private final int shards;
    private long stepsCut;

    /** Cuts versions of a trainer that has made {@code stepsCut} steps before the newest one. */
    DenseVersions(Pipeline pipeline, int shards, long stepsCut) {
        this.stepsCut = stepsCut;
        this.pipeline = pipeline;
        this.topics = PipelineTopics.of(pipeline);
        this.dense = new DenseUpdates(topics.dense());
        this.shards = shards;
    }

    /**
     * The records of the version that a checkpoint cuts, which is from now on the newest of the lineage. Nothing where
     * nothing was learnt since the last one; but the first version, be it untrained, makes servers ready, and the last one
     * of the time before a restore may not have arrived.
     */
    List<PublishRecord> cut(LineageState lineage, long checkpointId, long watermarkMs, BatchTrainer trainer) {
        VersionPosition base = lineage.base();
        Progress progress = trainer.progressNow();
        if (progress.getSteps() == stepsCut && !base.isBeforeFirst() && base.equals(lineage.position())) {
            return List.of();
        }
        stepsCut = progress.getSteps();
        VersionPosition version = lineage.advance(checkpointId);
        DenseUpdates.Cut cut = dense.cut(version.toVersionId(), trainer.weights());
        VersionRecord record = VersionRecord.newBuilder()
                .setVersion(version.toVersionId())
                .setPreviousCheckpointId(base.checkpointId())
                .setModelFingerprint(trainer.fingerprint())
                .setShards(shards)
                .setRowPartitions(pipeline.publish().rowPartitions())
                .setDenseChunks(cut.records().size())
                .setDenseChecksum(cut.checksum())
                .setWatermarkMs(watermarkMs)
                .setCutAtMs(System.currentTimeMillis())
                .setComplete(base.isBeforeFirst())
                .setProgress(progress)
                .addAllCompletions(trainer.drainCompletions())
                .build();
        List<PublishRecord> records = new ArrayList<>(cut.records());
        // Compacted by lineage: of an older one only the newest version remains, for the curious.
        byte[] key = version.lineage().getBytes(StandardCharsets.UTF_8);
        records.add(PublishRecord.of(topics.versions(), 0, key, record.toByteArray()));
        return records;
    }
}

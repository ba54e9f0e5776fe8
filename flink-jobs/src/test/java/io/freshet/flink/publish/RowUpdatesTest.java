package io.freshet.flink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.PublishConfig.RowPrecision;
import io.freshet.contracts.update.KeyGroups;
import io.freshet.contracts.update.RowChecksum;
import io.freshet.contracts.update.RowKey;
import io.freshet.contracts.update.RowPartitions;
import io.freshet.contracts.update.Tombstones;
import io.freshet.contracts.update.proto.RowRecord;
import io.freshet.contracts.update.proto.ShardMarker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowUpdatesTest {
    private static final int PARTITIONS = 3;
    private static final int GROUPS = 16;
    private final List<PublishRecord> out = new ArrayList<>();

    private RowUpdates updates(RowPrecision precision) {
        RowUpdates.Layout layout = new RowUpdates.Layout("rows", PARTITIONS, 2, GROUPS, precision);
        return new RowUpdates(layout, new VersionPosition("a", 2, 9), 1, out::add);
    }

    private static void write(RowUpdates updates, long id, float... weights) {
        updates.row(KeyGroups.of("item", id, GROUPS), "item", id, weights);
    }

    @Test
    void everyPartitionGetsAMarkerThatCountsAndSumsItsRows() throws Exception {
        RowUpdates updates = updates(RowPrecision.FP16);
        for (long id = 0; id < 100; id++) {
            write(updates, id, id, 0.5f);
        }
        updates.close(new VersionPosition("a", 1, 8));

        assertThat(updates.rowsWritten()).isEqualTo(100);
        long[] rows = new long[PARTITIONS];
        RowChecksum[] sums = {new RowChecksum(), new RowChecksum(), new RowChecksum()};
        int markers = 0;
        for (PublishRecord published : out) {
            RowRecord record = RowRecord.parseFrom(published.value());
            if (record.hasRow()) {
                assertThat(markers).as("rows after a marker").isZero();
                rows[published.partition()]++;
                sums[published.partition()].add(
                        published.key(), record.getRow().getWeights().toByteArray());
            } else {
                ShardMarker marker = record.getMarker();
                assertThat(marker.getPartition()).isEqualTo(published.partition());
                assertThat(marker.getRows()).isEqualTo(rows[published.partition()]);
                assertThat(marker.getChecksum()).isEqualTo(sums[published.partition()].value());
                assertThat(marker.getPreviousCheckpointId()).isEqualTo(8);
                assertThat(marker.getComplete()).isFalse();
                markers++;
            }
        }
        assertThat(markers).isEqualTo(PARTITIONS);
        assertThat(rows).doesNotContain(0);
    }

    @Test
    void aTombstoneIsCountedAndLeavesNoValueInKafka() throws Exception {
        RowUpdates updates = updates(RowPrecision.FP16);
        updates.tombstone(KeyGroups.of("item", 77, GROUPS), "item", 77);
        updates.close(new VersionPosition("a", 1, 8));

        PublishRecord gone = out.get(0);
        RowChecksum sum = new RowChecksum();
        sum.add(gone.key(), new byte[0]);
        ShardMarker marker =
                RowRecord.parseFrom(out.get(1 + gone.partition()).value()).getMarker();
        assertThat(marker.getRows()).isEqualTo(1);
        assertThat(marker.getChecksum()).isEqualTo(sum.value());
        assertThat(gone.toKafka().key()).isEqualTo(RowKey.ofRow("item", 77));
        assertThat(gone.toKafka().value()).isNull();
        byte[] header = gone.toKafka().headers().lastHeader(Tombstones.HEADER).value();
        assertThat(RowRecord.parseFrom(header).getRow().getTombstone()).isTrue();
        assertThat(out.get(1).toKafka().value()).isNotNull();
    }

    @Test
    void aRowStaysInThePartitionOfItsKeyGroup() {
        RowUpdates updates = updates(RowPrecision.FP32);
        write(updates, 77, 1f);
        int keyGroup = KeyGroups.of("item", 77, GROUPS);
        assertThat(out.get(0).partition()).isEqualTo(RowPartitions.of(keyGroup, GROUPS, PARTITIONS));
        assertThat(RowKey.parse(out.get(0).key())).isEqualTo(new RowKey("item", 77));
    }

    @Test
    void halfPrecisionTakesHalfTheBytesAndCountsWhatDoesNotFit() throws Exception {
        RowUpdates halves = updates(RowPrecision.FP16);
        write(halves, 1, 1e9f, 1f);
        assertThat(RowRecord.parseFrom(out.get(0).value()).getRow().getWeights().size())
                .isEqualTo(4);
        assertThat(halves.saturatedWeights()).isEqualTo(1);

        RowUpdates floats = updates(RowPrecision.FP32);
        write(floats, 1, 1e9f, 1f);
        assertThat(RowRecord.parseFrom(out.get(1).value()).getRow().getWeights().size())
                .isEqualTo(8);
        assertThat(floats.saturatedWeights()).isZero();
    }

    @Test
    void theFirstVersionOfALineageIsComplete() throws Exception {
        RowUpdates updates = updates(RowPrecision.FP16);
        updates.close(VersionPosition.before("a"));
        assertThat(RowRecord.parseFrom(out.get(0).value()).getMarker().getComplete())
                .isTrue();
    }
}

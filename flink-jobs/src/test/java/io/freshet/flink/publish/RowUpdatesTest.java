package io.freshet.flink.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.contracts.update.KeyGroups;
import io.freshet.contracts.update.RowChecksum;
import io.freshet.contracts.update.RowKey;
import io.freshet.contracts.update.RowPartitions;
import io.freshet.contracts.update.Tombstones;
import io.freshet.contracts.update.proto.Precision;
import io.freshet.contracts.update.proto.RowRecord;
import io.freshet.contracts.update.proto.ShardMarker;
import io.freshet.store.codec.RowEncoding;
import io.freshet.store.table.TableSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowUpdatesTest {
    private static final int PARTITIONS = 3;
    private static final int GROUPS = 16;
    private final List<PublishRecord> out = new ArrayList<>();

    private RowUpdates updates(RowEncoding encoding) {
        RowUpdates.Layout layout = new RowUpdates.Layout("rows", PARTITIONS, 2, GROUPS, encoding);
        return new RowUpdates(layout, new VersionPosition("a", 2, 9), 1, out::add);
    }

    private static void write(RowUpdates updates, long id, float... weights) {
        TableSpec item = new TableSpec(TableConfig.of("item", weights.length), 0, false, 1);
        updates.row(KeyGroups.of("item", id, GROUPS), item, id, weights);
    }

    @Test
    void everyPartitionGetsAMarkerThatCountsAndSumsItsRows() throws Exception {
        RowUpdates updates = updates(RowEncoding.FP16);
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
        RowUpdates updates = updates(RowEncoding.FP16);
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
        RowUpdates updates = updates(RowEncoding.FP32);
        write(updates, 77, 1f);
        int keyGroup = KeyGroups.of("item", 77, GROUPS);
        assertThat(out.get(0).partition()).isEqualTo(RowPartitions.of(keyGroup, GROUPS, PARTITIONS));
        assertThat(RowKey.parse(out.get(0).key())).isEqualTo(new RowKey("item", 77));
    }

    @Test
    void halfPrecisionTakesHalfTheBytesAndCountsWhatDoesNotFit() throws Exception {
        RowUpdates halves = updates(RowEncoding.FP16);
        write(halves, 1, 1e9f, 1f);
        assertThat(RowRecord.parseFrom(out.get(0).value()).getRow().getWeights().size())
                .isEqualTo(4);
        assertThat(halves.saturatedWeights()).isEqualTo(1);

        RowUpdates floats = updates(RowEncoding.FP32);
        write(floats, 1, 1e9f, 1f);
        assertThat(RowRecord.parseFrom(out.get(1).value()).getRow().getWeights().size())
                .isEqualTo(8);
        assertThat(floats.saturatedWeights()).isZero();
    }

    @Test
    void aByteAWeightBringsTheRowBackWithinHalfAStepAndSaysSo() throws Exception {
        RowUpdates bytes = updates(RowEncoding.INT8);
        write(bytes, 1, 0f, 0.5f, 2.55f, 1.004f);
        assertThat(RowRecord.parseFrom(out.get(0).value()).getRow().getPrecision())
                .isEqualTo(Precision.INT8);
        assertThat(RowRecord.parseFrom(out.get(0).value()).getRow().getWeights().size())
                .isEqualTo(12);
        // Steps of 0.01: only 1.004 is off, by 0.004 of a range of 2.55.
        assertThat(bytes.roundTripError().max()).isCloseTo(0.004 / 2.55, within(1e-6));
        assertThat(bytes.roundTripError().mean()).isCloseTo(0.001 / 2.55, within(1e-6));
    }

    @Test
    void theFirstVersionOfALineageIsComplete() throws Exception {
        RowUpdates updates = updates(RowEncoding.FP16);
        updates.close(VersionPosition.before("a"));
        assertThat(RowRecord.parseFrom(out.get(0).value()).getMarker().getComplete())
                .isTrue();
    }
}

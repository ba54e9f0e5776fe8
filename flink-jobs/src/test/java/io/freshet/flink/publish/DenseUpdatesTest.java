package io.freshet.flink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.freshet.contracts.update.proto.DenseChunk;
import io.freshet.contracts.update.proto.VersionId;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class DenseUpdatesTest {
    private static final VersionId VERSION = VersionId.newBuilder()
            .setLineage("a")
            .setSequence(3)
            .setCheckpointId(5)
            .build();

    @Test
    void chunksInOrderHoldAllWeights() throws Exception {
        float[] weights = {1f, -2f, 3.5f, 0f, Float.MIN_VALUE};

        DenseUpdates.Cut cut = new DenseUpdates("dense", 2).cut(VERSION, weights);

        assertThat(cut.records()).hasSize(3);
        ByteString whole = ByteString.EMPTY;
        for (int index = 0; index < 3; index++) {
            PublishRecord out = cut.records().get(index);
            DenseChunk chunk = DenseChunk.parseFrom(out.value());
            assertThat(out.topic()).isEqualTo("dense");
            assertThat(out.key()).containsExactly(0, 0, 0, index);
            assertThat(chunk.getIndex()).isEqualTo(index);
            assertThat(chunk.getChunks()).isEqualTo(3);
            assertThat(chunk.getVersion()).isEqualTo(VERSION);
            assertThat(chunk.getChecksum()).isEqualTo(crc(chunk.getWeights().toByteArray()));
            whole = whole.concat(chunk.getWeights());
        }
        float[] read = new float[5];
        whole.asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(read);
        assertThat(read).containsExactly(weights);
        assertThat(cut.checksum()).isEqualTo(crc(whole.toByteArray()));
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}

package io.freshet.store.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.contracts.pipeline.PublishConfig.RowPrecision;
import io.freshet.contracts.update.proto.Precision;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowEncodingTest {
    private static final float[] ROW = {0.25f, -0.5f, 0.125f, 2f};

    @ParameterizedTest
    @EnumSource
    void whatIsEncodedIsDecoded(RowEncoding encoding) {
        byte[] bytes = new byte[encoding.bytes(3, true)];
        assertThat(encoding.encode(ROW, 3, bytes)).isZero();
        float[] back = new float[4];
        encoding.decode(bytes, 3, true, FloatBuffer.wrap(back), 0);
        for (int i = 0; i < 3; i++) {
            assertThat(back[i]).isCloseTo(ROW[i], within(0.75f / 510 + 1e-7f));
        }
        assertThat(back[3]).isEqualTo(2f);
    }

    @Test
    void aByteAWeightTakesAQuarterOfTheRoomAndTwelveBytes() {
        assertThat(RowEncoding.FP32.bytes(64, true)).isEqualTo(260);
        assertThat(RowEncoding.FP16.bytes(64, true)).isEqualTo(130);
        assertThat(RowEncoding.INT8.bytes(64, true)).isEqualTo(76);
        assertThat(RowEncoding.INT8.bytes(64, false)).isEqualTo(72);
    }

    @ParameterizedTest
    @EnumSource
    void everyPrecisionOfAPipelineFileHasOne(RowPrecision precision) {
        RowEncoding encoding = RowEncoding.of(precision);
        assertThat(encoding.name()).isEqualTo(precision.name());
        assertThat(RowEncoding.of(encoding.precision())).contains(encoding);
    }

    @Test
    void aPrecisionOfANewerTrainerHasNone() {
        assertThat(RowEncoding.of(Precision.UNRECOGNIZED)).isEmpty();
        assertThat(RowEncoding.of(Precision.PRECISION_UNSPECIFIED)).isEmpty();
    }

    @Test
    void errorsCountAsSharesOfTheirRowsRange() {
        RoundTripError error = new RoundTripError();
        assertThat(error.max()).isZero();
        assertThat(error.mean()).isZero();
        error.add(new float[] {0, 10, 5, 1000}, new float[] {0, 10, 6, 0}, 3);
        error.add(new float[] {7, 7, 7, 0}, new float[] {8, 7, 7, 0}, 3); // No range, no share.
        error.add(new float[] {0, 1, 0, 0}, new float[] {0.5f, 1, 0, 0}, 3);
        assertThat(error.max()).isEqualTo(0.5);
        assertThat(error.mean()).isEqualTo((0.1 + 0.5) / 6);
    }
}

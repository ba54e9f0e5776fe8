package io.freshet.serving.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.contracts.update.proto.Precision;
import io.freshet.store.table.TableSpec;
import org.junit.jupiter.api.Test;

class ModelShapeTest {
    private static final TableSpec ITEM = new TableSpec(TableConfig.of("item", 16), 0, true, 1);

    @Test
    void aRowFitsWhenItHasTheBytesOfItsPrecision() {
        assertThat(ModelShape.fits(ITEM, Precision.FP32, 68)).isTrue();
        assertThat(ModelShape.fits(ITEM, Precision.FP16, 34)).isTrue();
        // Scale, offset, a byte per weight, and the bias.
        assertThat(ModelShape.fits(ITEM, Precision.INT8, 28)).isTrue();
        assertThat(ModelShape.fits(ITEM, Precision.INT8, 24)).isFalse();
        assertThat(ModelShape.fits(ITEM, Precision.FP16, 68)).isFalse();
    }

    @Test
    void aPrecisionOfANewerTrainerFitsNothing() {
        assertThat(ModelShape.fits(ITEM, Precision.UNRECOGNIZED, 68)).isFalse();
        assertThat(ModelShape.fits(ITEM, Precision.PRECISION_UNSPECIFIED, 0)).isFalse();
    }
}

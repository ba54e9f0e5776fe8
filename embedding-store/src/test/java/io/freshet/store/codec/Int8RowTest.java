package io.freshet.store.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.store.GoldenRows;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Int8RowTest {
    @Test
    void bytesByHand() {
        // Range 2.55 in 255 steps of 0.01, but for rounding; 1.004 is nearest to step 100.
        byte[] bytes = new byte[Int8Row.bytes(4, true)];
        assertThat(Int8Row.encode(new float[] {0f, 0.5f, 2.55f, 1.004f, -3f}, 4, bytes))
                .isZero();
        // 0.01f = 3c23d70a, 0f, the steps, -3f = c0400000.
        assertThat(bytes).containsExactly(0x0a, 0xd7, 0x23, 0x3c, 0, 0, 0, 0, 0, 50, 255, 100, 0, 0, 0x40, 0xc0);
        assertThat(decode(bytes, 4, true)).containsExactly(0f, 0.01f * 50, 0.01f * 255, 0.01f * 100, -3f);
    }

    @Test
    void rowsAreThoseOfTorchsOwnRowwiseQuantization() {
        for (JsonNode golden : GoldenRows.read("int8-rows").get("rows")) {
            float[] weights = GoldenRows.floats(golden.get("weights"));
            byte[] bytes = new byte[Int8Row.bytes(weights.length, false)];
            Int8Row.encode(weights, weights.length, bytes);
            float scale = (float) golden.get("scale").asDouble();
            for (int i = 0; i < weights.length; i++) {
                assertThat(bytes[8 + i] & 0xff)
                        .as("step %d of %s", i, golden)
                        .isEqualTo(golden.get("steps").get(i).asInt());
                assertThat(decode(bytes, weights.length, false)[i])
                        .isCloseTo((float) golden.get("decoded").get(i).asDouble(), within(1e-4f * scale));
            }
        }
    }

    @Test
    void noWeightIsOffByMoreThanHalfAStep() {
        Random random = new Random(20261122);
        for (int row = 0; row < 20_000; row++) {
            float[] weights = new float[1 + random.nextInt(40)];
            float size = (float) Math.pow(10, random.nextInt(60) - 30);
            float middle = random.nextBoolean() ? 0 : size * 10 * random.nextFloat();
            for (int i = 0; i < weights.length; i++) {
                weights[i] = middle + size * (random.nextFloat() - 0.5f);
            }
            assertWithinHalfAStep(weights);
        }
    }

    @Test
    void smallestAndLargestWeightsComeBackToTheRoundingOfAFloat() {
        assertWithinHalfAStep(Float.MIN_VALUE, 0, -Float.MIN_VALUE);
        assertWithinHalfAStep(0x1p-140f, 0x1.8p-140f, 0x1p-141f);
        assertWithinHalfAStep(Int8Row.MAX, -Int8Row.MAX, 0, 1);
        assertWithinHalfAStep(1, 1 + 0x1p-23f, 1 + 0x1p-22f);
    }

    @Test
    void aRowOfEqualWeightsComesBackAsItWas() {
        for (float weight : new float[] {0f, 0.1f, -1e30f, Float.MIN_VALUE}) {
            float[] row = new float[7];
            Arrays.fill(row, weight);
            assertThat(roundTrip(row, 7)).containsExactly(row);
        }
    }

    @Test
    void whatIsTooLargeIsCutAndCountedAndAnInfinityDoesNotReachAServer() {
        float[] row = {1e38f, Float.NEGATIVE_INFINITY, 5f, Int8Row.MAX};
        assertThat(Int8Row.encode(row, 4, new byte[12])).isEqualTo(2);
        float[] back = roundTrip(row, 4);
        assertThat(back[1]).isEqualTo(-Int8Row.MAX);
        for (float weight : back) {
            assertThat(weight).isFinite();
        }
    }

    @Test
    void aNanMakesTheEmbeddingNanAndLeavesTheBias() {
        assertThat(roundTrip(new float[] {1, Float.NaN, 2, 7}, 3)).containsExactly(Float.NaN, Float.NaN, Float.NaN, 7);
        assertThat(roundTrip(new float[] {1, 2, Float.NaN}, 2)).containsExactly(1, 2, Float.NaN);
    }

    @Test
    void aLargeBiasDoesNotCoarsenTheEmbedding() {
        float[] row = roundTrip(new float[] {0.01f, 0.02f, 1000f}, 2);
        assertThat(row[2]).isEqualTo(1000f);
        assertThat(row[0]).isEqualTo(0.01f);
        assertThat(Math.abs(row[1] - 0.02f)).isLessThan(1e-8f);
    }

    private static void assertWithinHalfAStep(float... row) {
        float[] back = roundTrip(row, row.length);
        double least = row[0];
        double most = row[0];
        for (float weight : row) {
            least = Math.min(least, weight);
            most = Math.max(most, weight);
        }
        // The scale is rounded to a float, which 255 steps multiply, and so are product and sum.
        double rounding = 255 * Math.ulp((float) ((most - least) / 255)) + 2 * Math.ulp((float) Math.max(-least, most));
        for (int i = 0; i < row.length; i++) {
            assertThat(Math.abs((double) back[i] - row[i]))
                    .as("weight %d of %s", i, Arrays.toString(row))
                    .isLessThanOrEqualTo((most - least) / 510 + rounding);
        }
    }

    private static float[] roundTrip(float[] row, int dimension) {
        byte[] bytes = new byte[Int8Row.bytes(dimension, row.length > dimension)];
        Int8Row.encode(row, dimension, bytes);
        return decode(bytes, dimension, row.length > dimension);
    }

    private static float[] decode(byte[] bytes, int dimension, boolean bias) {
        // 9 marks what must stay.
        float[] out = new float[dimension + (bias ? 1 : 0) + 2];
        Arrays.fill(out, 9);
        Int8Row.decode(bytes, dimension, bias, FloatBuffer.wrap(out), 1);
        assertThat(out[0]).isEqualTo(9);
        assertThat(out[out.length - 1]).isEqualTo(9);
        return Arrays.copyOfRange(out, 1, out.length - 1);
    }
}

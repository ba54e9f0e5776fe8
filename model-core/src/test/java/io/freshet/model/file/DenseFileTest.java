package io.freshet.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.Pipelines;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.ranker.ModelPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DenseFileTest {
    private static final int DAMAGED_FILES = 4_000;
    private static final float[] DENSE = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final List<Parameter> PARAMETERS =
            List.of(parameter("w", 0, Axis.of("in", 3), Axis.of("out", 2)), parameter("b", 6, Axis.of("out", 2)));
    private static final String W = "'w':{'dtype':'F32','shape':[3,2],'data_offsets':[0,24]}";
    private static final String B = "'b':{'dtype':'F32','shape':[2],'data_offsets':[24,32]}";

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBackToTheBitWithNamesAndMetadata() {
        ModelPlan plan = ModelPlan.of(Pipelines.movies());
        float[] dense = plan.initialDense(3);
        Map<String, String> metadata = new DenseMetadata("movies", plan.fingerprint())
                .version("l", 2, 7)
                .learnt(10, 320)
                .texts();
        Path file = folder.resolve("movies.safetensors");
        DenseFile.write(file, plan.parameters(), dense, metadata);
        DenseFile.Loaded loaded = DenseFile.read(file, plan.parameters());
        assertThat(loaded.dense()).isEqualTo(dense);
        assertThat(loaded.metadata()).isEqualTo(metadata).containsEntry("freshet.checkpoint", "7");
        assertThat(folder).isDirectoryNotContaining("glob:**.unfinished");
    }

    @Test
    void theNumbersBeginAtAMultipleOfEightBytes() throws IOException {
        for (String pipeline : List.of("a", "ab", "abc", "abcdefgh")) {
            Path file = folder.resolve(pipeline);
            DenseFile.write(file, PARAMETERS, DENSE, new DenseMetadata(pipeline, "f").texts());
            assertThat((Files.size(file) - 4 * DENSE.length) % 8).isZero();
        }
    }

    /** {@code check_weights.py} opens the same file. */
    @Test
    void aFileForTheCheckInPython() throws IOException {
        ModelPlan plan = ModelPlan.of(Pipelines.movies());
        Path target = Files.createDirectories(Path.of("target", "golden")).resolve("movies.safetensors");
        DenseFile.write(
                target,
                plan.parameters(),
                plan.initialDense(3),
                new DenseMetadata("movies", plan.fingerprint()).texts());
        assertThat(target).isNotEmptyFile();
    }

    @Test
    void tensorsMayComeInAnyOrderAndMetadataMayBeMissing() throws IOException {
        Path file = file(
                "{'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                        + "'w':{'dtype':'F32','shape':[3,2],'data_offsets':[8,32]}}",
                7,
                8,
                1,
                2,
                3,
                4,
                5,
                6);
        DenseFile.Loaded loaded = DenseFile.read(file, PARAMETERS);
        assertThat(loaded.dense()).containsExactly(DENSE);
        assertThat(loaded.metadata()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "F16, 0x0000, 0",
        "F16, 0x3c00, 1",
        "F16, 0xc000, -2",
        "F16, 0x7bff, 65504",
        "F16, 0x0400, 6.103515625E-5",
        "F16, 0x0001, 5.9604644775390625E-8",
        "F16, 0x83ff, -6.097555160522461E-5",
        "F16, 0x3555, 0.333251953125",
        "BF16, 0x3f80, 1",
        "BF16, 0xc000, -2",
        "BF16, 0x3eab, 0.333984375",
        "BF16, 0x0001, 9.183549615799121E-41",
    })
    void shortNumbersAreConvertedExactly(String type, String bits, float expected) throws IOException {
        ByteBuffer data =
                ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort((short) (int) Integer.decode(bits));
        Path file = file("{'x':{'dtype':'" + type + "','shape':[1],'data_offsets':[0,2]}}", data.array());
        List<Parameter> one = List.of(parameter("x", 0, Axis.of("n", 1)));
        assertThat(DenseFile.read(file, one).dense()).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "{W,'c':{'dtype':'F32','shape':[2],'data_offsets':[24,32]}}; Missing: b. Unknown: c",
                "{W,B,'c':{'dtype':'F32','shape':[0],'data_offsets':[32,32]}}; Missing: none. Unknown: c.",
                "{W,'b':{'dtype':'F32','shape':[2,1],'data_offsets':[24,32]}}; tensor 'b' is of shape [2, 1], but the",
                "{W,'b':{'dtype':'I64','shape':[1],'data_offsets':[24,32]}}; dtype of tensor 'b' must be F32",
                "{W,'b':{'dtype':'F32','shape':[3],'data_offsets':[24,32]}}; must be 12 bytes apart",
                "{W,'b':{'dtype':'F32','shape':[2],'data_offsets':[20,28]}}; tensors that overlap",
                "{W,'b':{'dtype':'F32','shape':[2],'data_offsets':[28,36]}}; the file has a gap",
                "{W,'b':{'dtype':'F32','shape':[2],'data_offsets':[32,24]}}; must be [first byte, byte after the last]",
                "{W,'b':{'dtype':'F32','shape':[-2],'data_offsets':[24,32]}}; a list of whole numbers",
                "{W,'b':{'dtype':'F32','shape':[9999999999,9999999999],'data_offsets':[24,32]}}; fewer than 2^63 bytes",
                "{W,'b':{'dtype':'F32','shape':[2],'data_offsets':[24,32],'x':1}}; needs dtype, shape and data_offsets",
                "{W,B,B}; its header is not JSON (Duplicate field 'b')",
                "{W,B,'__metadata__':{'a':1}}; must map texts to texts",
                "[]; its header is no JSON object",
                "{W,B} x; its header is not JSON",
            })
    void aHeaderThatIsWrongIsRefusedWithTheReason(String header, String reason) throws IOException {
        Path file = file(header.replace("W", W).replace("B,", B + ",").replace("B}", B + "}"), DENSE);
        assertThatThrownBy(() -> DenseFile.read(file, PARAMETERS))
                .isInstanceOf(WeightFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason);
    }

    @Test
    void aTruncatedFileAndALongerOneAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(file("{" + W + "," + B + "}", DENSE));
        assertRefused(Arrays.copyOf(whole, whole.length - 1), "the file is truncated");
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "the file is longer than it says");
        assertRefused(Arrays.copyOf(whole, 20), "no safetensors file, or truncated");
        assertRefused(new byte[3], "no safetensors file, or truncated");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aNumberThatIsNotFiniteIsRefused(float value) throws IOException {
        Path file = file("{" + W + "," + B + "}", 1, 2, 3, 4, 5, 6, 7, value);
        assertThatThrownBy(() -> DenseFile.read(file, PARAMETERS))
                .hasMessageContaining("number 1 of tensor 'b' is " + value);
    }

    @Test
    void aDamagedHeaderIsRefusedOrMeansTheSame() throws IOException {
        long seed = System.nanoTime();
        System.out.println("DenseFileTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Path file = folder.resolve("damaged.safetensors");
        DenseFile.write(file, PARAMETERS, DENSE, new DenseMetadata("p", "f").texts());
        byte[] whole = Files.readAllBytes(file);
        int headerEnd = whole.length - 4 * DENSE.length;
        int refused = 0;
        for (int i = 0; i < DAMAGED_FILES; i++) {
            byte[] damaged = whole.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                // Often a sign that means something in JSON, so that the damage gets past the first check.
                String likely = "0123456789{}[]\":,- ";
                damaged[random.nextInt(headerEnd)] = random.nextInt(3) == 0
                        ? (byte) random.nextInt(256)
                        : (byte) likely.charAt(random.nextInt(likely.length()));
            }
            if (random.nextInt(10) == 0) {
                damaged = Arrays.copyOf(damaged, random.nextInt(whole.length + 10));
            }
            Files.write(file, damaged);
            try {
                assertThat(DenseFile.read(file, PARAMETERS).dense())
                        .as("seed %d, file %d", seed, i)
                        .containsExactly(DENSE);
            } catch (WeightFileException expected) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(DAMAGED_FILES / 2);
    }

    private void assertRefused(byte[] bytes, String reason) throws IOException {
        Path file = Files.write(folder.resolve("refused"), bytes);
        assertThatThrownBy(() -> DenseFile.read(file, PARAMETERS))
                .isInstanceOf(WeightFileException.class)
                .hasMessageContaining(reason);
    }

    private Path file(String header, float... data) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(data);
        return file(header, bytes.array());
    }

    /** Quotes of the header are single ones. */
    private Path file(String header, byte[] data) throws IOException {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(json.length).put(json).put(data);
        return Files.write(folder.resolve("file.safetensors"), all.array());
    }

    private static Parameter parameter(String name, int offset, Axis... axes) {
        return new Parameter(name, Shape.of(axes), offset, new Parameter.Initial.Constant(0));
    }
}

package io.freshet.model.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training and serving one: {@code ScriptedGoldenTest}. */
class ScriptedModuleTest {
    private static final int DAMAGED_FILES = 1_000;
    private static final Path FOLDER = Path.of("src", "test", "golden", "scripted");

    @TempDir
    Path folder;

    @Test
    void parametersKeepTheirShapesAndFrozenOnesAreNotAmongThem() {
        ScriptedModule module = ScriptedModule.read(FOLDER.resolve("brought.pt"));
        assertThat(module.weights().stream().map(ModuleWeight::toString).toList())
                .contains("scale []", "spare [3]", "layers.0.weight [6, 13]", "layers.2.bias [2]")
                .noneMatch(weight -> weight.startsWith("frozen") || weight.startsWith("shift"));
        assertThat(module.values(module.weights().get(0))).containsExactly(0.75f);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "batch-norm; net.1 changes its buffer running_mean in training",
                "tied; parameters net.weight and again.weight share memory (tied weights)",
                "takes-list; its forward must be (self, features: Dict[str, Tensor]) -> Tensor, but is (self:",
                "transposed; parameter net.weight is empty or does not lie in one piece",
                "double; parameter net.weight is in a DoubleStorage, but must be float32",
                "frozen; it has no trainable parameter",
            })
    void whatCouldNotBeTrainedFaithfullyIsRefused(String file, String reason) {
        Path path = FOLDER.resolve("refused").resolve(file + ".pt");
        assertThatThrownBy(() -> ScriptedModule.read(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The scripted module " + path + " cannot be used: ")
                .hasMessageContaining(reason);
    }

    @Test
    void aFileOfAnotherKindIsRefusedWithTheWayToWriteARightOne() throws IOException {
        Path text = Files.writeString(folder.resolve("ranker.pt"), "no archive");
        assertThatThrownBy(() -> ScriptedModule.read(text))
                .hasMessageContaining("no TorchScript archive")
                .hasMessageContaining("torch.jit.save(torch.jit.script(module), \"ranker.pt\")");
    }

    @Test
    void aDamagedPickleIsRefusedOrReadWithoutAnyOtherFailure() throws IOException {
        long seed = System.nanoTime();
        System.out.println("ScriptedModuleTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, byte[]> entries = entries(FOLDER.resolve("brought.pt"));
        byte[] whole = entries.get("brought/data.pkl");
        int refused = 0;
        for (int i = 0; i < DAMAGED_FILES; i++) {
            byte[] damaged = whole.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = whole[random.nextInt(whole.length)];
            }
            entries.put("brought/data.pkl", damaged);
            Path file = Files.write(folder.resolve("damaged.pt"), zip(entries));
            try {
                ScriptedModule.read(file);
            } catch (IllegalArgumentException expected) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed %d, file %d".formatted(seed, i), e);
            }
        }
        assertThat(refused).isGreaterThan(DAMAGED_FILES / 4);
    }

    @Test
    void aNameIsWrittenSoThatTorchScriptReadsTheSameBytes() {
        assertThat(ModuleCode.quoted("a \"b\"\\ ö\n")).isEqualTo("\"a \\\"b\\\"\\\\ \\303\\266\\012\"");
    }

    private static Map<String, byte[]> entries(Path file) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }
}

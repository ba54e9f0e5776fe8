package io.freshet.model.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.Pipelines;
import io.freshet.model.ranker.ModelPlan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class ScriptArchiveTest {
    private final ModelPlan plan = ModelPlan.of(Pipelines.movies());
    private final RankerScript script =
            new RankerScript(plan.program(), plan.tasks().size());

    @Test
    void holdsWhatTorchLooksFor() throws IOException {
        Map<String, String> entries = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(ScriptArchive.of(script.source())))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
                entries.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(entries)
                .containsOnlyKeys(
                        "ranker/data.pkl",
                        "ranker/code/__torch__.py",
                        "ranker/constants.pkl",
                        "ranker/version",
                        "ranker/byteorder")
                .containsEntry("ranker/version", "3\n")
                .containsEntry("ranker/code/__torch__.py", script.source());
    }

    @Test
    void hasTheSameBytesForTheSameSource() {
        assertThat(ScriptArchive.of(script.source())).isEqualTo(ScriptArchive.of(script.source()));
    }

    @Test
    void scoringNeedsNeitherLabelsNorAuxiliaryWork() {
        assertThat(script.scoringInputs())
                .containsExactly(
                        "rows.user",
                        "indices.user",
                        "offsets.user",
                        "weights.user",
                        "rows.item",
                        "indices.item",
                        "offsets.item",
                        "weights.item",
                        "rows.genre",
                        "indices.genre",
                        "offsets.genre",
                        "weights.genre",
                        "numbers");
        assertThat(script.trainingInputs()).startsWith(script.scoringInputs().toArray(String[]::new));
        assertThat(script.trainingInputs().subList(13, 17))
                .containsExactly("prior", "labels", "label_weights", "example_weights");
    }
}

package io.freshet.quickstart.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code describe} and {@code export} as far as no broker is needed. */
class ModelCommandsTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @Test
    void describePrintsTheRankerAndStartsNothing() throws IOException {
        assertThat(run("describe", pipeline())).isZero();
        assertThat(said.toString(StandardCharsets.UTF_8))
                .containsIgnoringCase("dense weights")
                .contains("fingerprint");
    }

    @Test
    void aPipelineFileThatIsNotThereIsWrongUse() {
        assertThat(run("describe", folder.resolve("none.yaml").toString())).isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("none.yaml: no such file");
    }

    @Test
    void exportNeedsAFileWhoseEndTellsTheFormat() throws IOException {
        assertThat(run("export", pipeline(), folder.resolve("weights.bin").toString()))
                .isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("end it in .safetensors or .pt");
    }

    private String pipeline() throws IOException {
        return Files.writeString(folder.resolve("pipeline.yaml"), """
                        name: movie-likes
                        tables: {item: {dimension: 4}}
                        features: [{name: item, slot: id, table: item}]
                        tasks: [{name: like, window: 1h}]
                        """).toString();
    }

    /** What the command prints, to either stream, is in {@code said}. */
    private int run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        PrintStream both = new PrintStream(said, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        try {
            return Freshet.run(arguments);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}

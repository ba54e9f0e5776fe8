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

    @Test
    void aRankerThatCannotBeBuiltIsAWrongFile() throws IOException {
        assertThat(run("describe", pipeline("ranker: {type: rank-mixer, heads: 64}")))
                .isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("pipeline.yaml has a problem:\n  ranker.heads asks for 64 tokens");
    }

    @Test
    void whatIsWrongWithOptionsIsSaidAtOnceAndStartsNothing() {
        assertThat(run(
                        "quickstart",
                        "--port",
                        "99999",
                        "--parallelism",
                        "0",
                        "--publish-every",
                        "-1s",
                        "--report",
                        folder.toString()))
                .isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8)).isEqualToNormalizingNewlines("""
                        freshet: --port is 99999, but must be from 0 to 65535
                        --parallelism is 0, but must be from 1 to 128
                        --publish-every is -1s, but must be from 100ms to 3650d.
                        cannot write %s: it is a folder
                        """.formatted(folder));
    }

    @Test
    void aServerIsToldWhatIsWrongWithItsOptions() throws IOException {
        String pipeline = pipeline();
        assertThat(run("serve", "--pipeline", pipeline, "--port", "-4")).isEqualTo(2);
        assertThat(run("serve", "--pipeline", pipeline, "--bootstrap-servers", "kafka"))
                .isEqualTo(2);
        assertThat(run("serve", "--pipeline", folder.resolve("none.yaml").toString()))
                .isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("port is -4, must be from 0 to 65535")
                .contains("--bootstrap-servers is 'kafka', but must be host:port")
                .contains("none.yaml: no such file")
                .contains("Try: freshet serve --help");
    }

    @Test
    void exportLooksAtItsArgumentsBeforeItAsksKafka() throws IOException {
        String pipeline = pipeline();
        assertThat(run("export", pipeline, pipeline + "/weights.pt")).isEqualTo(2);
        assertThat(run("export", pipeline, folder.resolve("weights.pt").toString(), "--bootstrap-servers", "kafka"))
                .isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("is no folder that can be written to")
                .contains("--bootstrap-servers is 'kafka', but must be host:port");
    }

    private String pipeline() throws IOException {
        return pipeline("");
    }

    private String pipeline(String more) throws IOException {
        return Files.writeString(folder.resolve("pipeline.yaml"), """
                        name: movie-likes
                        tables: {item: {dimension: 4}}
                        features: [{name: item, slot: id, table: item}]
                        tasks: [{name: like, window: 1h}]
                        """ + more).toString();
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

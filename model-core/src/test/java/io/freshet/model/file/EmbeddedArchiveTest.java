package io.freshet.model.file;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.model.MovieStream;
import io.freshet.model.Pipelines;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.engine.Arguments;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.score.DenseWeights;
import io.freshet.model.score.Scorer;
import io.freshet.model.script.RankerScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Also writes the files that {@code check_weights.py} opens. */
class EmbeddedArchiveTest {
    private static final long SEED = 3;

    private final ModelPlan plan = ModelPlan.of(Pipelines.movies());
    private final float[] dense = dense();

    @Test
    void loadedFromItsFileItGivesTheScoresOfTheScorer() throws IOException {
        Path file = write();
        RankerBatch batch = new MovieStream(plan, SEED).next(8).batch();
        Engines.prepareThread(false);
        try (Scorer scorer = new Scorer(plan, "cpu");
                DenseWeights weights = scorer.load(dense);
                ScriptModule module = new ScriptModule(Files.readAllBytes(file), Device.cpu());
                NDManager call = Engines.newManager(Device.cpu())) {
            float[] said = scorer.score(weights, batch);
            NDList arguments = new Arguments(call).features(batch);
            NDArray logits =
                    module.run(RankerScript.SCORE, arguments, false, call).head();
            assertThat(logits.getShape().getShape()).containsExactly(8, 1);
            assertThat(chances(logits.toFloatArray())).containsExactly(said);
            Files.writeString(
                    file.resolveSibling("movies-embedded.json"),
                    expected(arguments, said).toString());
        }
    }

    @Test
    void theWeightsLieInTheFileAsTheyAreAtAMultipleOf64Bytes() throws IOException {
        Path file = write();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry data = zip.getEntry("ranker/data/0");
            assertThat(data.getMethod()).isEqualTo(ZipEntry.STORED);
            assertThat(data.getSize()).isEqualTo(4L * dense.length);
        }
        byte[] bytes = Files.readAllBytes(file);
        int extra = bytes[28] & 0xff | bytes[29] << 8; // The first entry's local header is at the file's start.
        int numbersAt = 30 + "ranker/data/0".length() + extra;
        assertThat(new String(bytes, 30, 13)).isEqualTo("ranker/data/0");
        assertThat(numbersAt % 64).isZero();
        int first = bytes[numbersAt] & 0xff
                | (bytes[numbersAt + 1] & 0xff) << 8
                | (bytes[numbersAt + 2] & 0xff) << 16
                | bytes[numbersAt + 3] << 24;
        assertThat(Float.intBitsToFloat(first)).isEqualTo(dense[0]);
    }

    @Test
    void theSameWeightsGiveTheSameBytes() throws IOException {
        byte[] once = Files.readAllBytes(write());
        assertThat(Files.readAllBytes(write())).isEqualTo(once);
    }

    private Path write() throws IOException {
        Path file = Files.createDirectories(Path.of("target", "golden")).resolve("movies-embedded.pt");
        EmbeddedArchive.write(file, plan, dense, new DenseMetadata("movies", plan.fingerprint()).texts());
        return file;
    }

    /** No prior of zero, which would hide that it is not added. */
    private float[] dense() {
        float[] initial = plan.initialDense(SEED);
        Arrays.fill(initial, plan.priorOffset(), initial.length, -1.5f);
        return initial;
    }

    private ObjectNode expected(NDList arguments, float[] probabilities) {
        JsonMapper json = new JsonMapper();
        ObjectNode root = json.createObjectNode();
        ObjectNode inputs = root.putObject("inputs");
        List<String> names = new RankerScript(plan.program(), plan.tasks().size()).scoringArguments();
        for (int i = 0; i < names.size(); i++) {
            NDArray argument = arguments.get(i);
            boolean isInt = argument.getDataType() == DataType.INT32;
            ObjectNode input = inputs.putObject(names.get(i)).put("type", isInt ? "int" : "float");
            Arrays.stream(argument.getShape().getShape()).forEach(input.putArray("shape")::add);
            ArrayNode data = input.putArray("data");
            for (Number number : argument.toArray()) {
                data.add(isInt ? number.intValue() : (double) number.floatValue());
            }
        }
        ArrayNode said = root.putArray("probabilities");
        for (float probability : probabilities) {
            said.add((double) probability);
        }
        return root;
    }

    private static float[] chances(float[] logits) {
        float[] chances = new float[logits.length];
        for (int i = 0; i < logits.length; i++) {
            chances[i] = (float) (1 / (1 + Math.exp(-logits[i])));
        }
        return chances;
    }
}

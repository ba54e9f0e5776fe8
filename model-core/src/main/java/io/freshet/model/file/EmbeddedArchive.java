package io.freshet.model.file;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.model.ranker.RankerArchive;
import io.freshet.model.script.RankerScript;
import io.freshet.model.script.ScriptArchive;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * A ranker with its weights as one TorchScript archive, which {@code torch.jit.load} and Triton open without anything of
 * Freshet:
 *
 * <pre>
 *   forward(INPUTS) -> logits [B, tasks]      INPUTS as in {@link RankerScript}: rows, indices, offsets and weights of
 *                                             every table that is read, then the numbers
 *   dense                                     the weights, a buffer; of a scripted module, module and prior instead
 *   extra/freshet.json                        {"inputs": names of the arguments, "tasks": names, "metadata": {...}}
 * </pre>
 */
public final class EmbeddedArchive {
    /** Name under which {@code _extra_files} finds what the archive says about itself. */
    public static final String ABOUT = "freshet.json";

    private static final JsonMapper JSON = new JsonMapper();

    private EmbeddedArchive() {}

    /**
     * Writes a file; one that is there already is replaced once the new one is whole.
     *
     * @param dense the ranker's flat vector
     * @param metadata see {@link DenseMetadata}
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, ModelPlan plan, float[] dense, Map<String, String> metadata) {
        RankerScript script = plan.script();
        ObjectNode about = JSON.createObjectNode();
        script.scoringArguments().forEach(about.putArray("inputs")::add);
        plan.tasks().forEach(about.putArray("tasks")::add);
        metadata.forEach(about.putObject("metadata")::put);
        ScriptArchive archive = RankerArchive.withWeights(plan, dense).extra(ABOUT, about.toPrettyString());
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            archive.writeTo(new BufferedOutputStream(Files.newOutputStream(unfinished)));
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }
}

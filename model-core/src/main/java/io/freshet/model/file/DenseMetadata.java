package io.freshet.model.file;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a file of weights says about them, in its metadata; everything is text there.
 *
 * <pre>
 *   format                 pt: the shapes are PyTorch's, as loaders of safetensors files expect to read here
 *   freshet.format         1, the version of these keys
 *   freshet.pipeline       name of the pipeline
 *   freshet.fingerprint    of the model: what its weights mean, besides their shapes
 *   freshet.lineage, freshet.sequence, freshet.checkpoint    which published version, if it was published
 *   freshet.steps          training steps behind it
 *   freshet.examples       examples learnt
 * </pre>
 */
public final class DenseMetadata {
    /** Key of the model's fingerprint. */
    public static final String FINGERPRINT = "freshet.fingerprint";

    private static final String VERSION = "1";

    private final Map<String, String> texts = new LinkedHashMap<>();

    /** Metadata of a pipeline's weights. */
    public DenseMetadata(String pipeline, String fingerprint) {
        texts.put("format", "pt");
        texts.put("freshet.format", VERSION);
        texts.put("freshet.pipeline", pipeline);
        texts.put(FINGERPRINT, fingerprint);
    }

    /** Adds the published version that the weights are of. */
    public DenseMetadata version(String lineage, long sequence, long checkpoint) {
        texts.put("freshet.lineage", lineage);
        texts.put("freshet.sequence", Long.toString(sequence));
        texts.put("freshet.checkpoint", Long.toString(checkpoint));
        return this;
    }

    /** Adds what they have learnt from. */
    public DenseMetadata learnt(long steps, long examples) {
        texts.put("freshet.steps", Long.toString(steps));
        texts.put("freshet.examples", Long.toString(examples));
        return this;
    }

    /** All of it. */
    public Map<String, String> texts() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(texts)); // In order, so that files are alike.
    }
}

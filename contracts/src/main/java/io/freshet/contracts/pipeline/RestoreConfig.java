package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * What a job does that is restored from a checkpoint or savepoint of an older pipeline file.
 *
 * @param modelChanged when the dense weights are of another model
 * @param lineage any text; restored under another one than before, a job begins a new lineage
 */
public record RestoreConfig(ModelChanged modelChanged, String lineage) implements Serializable {
    /** What holds when the file does not say. */
    public static final RestoreConfig DEFAULTS = new RestoreConfig(ModelChanged.REFUSE, "");

    private static final int LINEAGE_BYTES_MAX = 200;

    public RestoreConfig {
        int bytes = lineage.getBytes(StandardCharsets.UTF_8).length;
        new Problems()
                .require(bytes <= LINEAGE_BYTES_MAX, "lineage", "at most " + LINEAGE_BYTES_MAX + " bytes", lineage)
                .throwIfAny();
    }

    /** What becomes of dense weights that are not of the file's model. */
    public enum ModelChanged {
        /** The job does not start. */
        REFUSE,
        /** Dense weights, their optimizer and the metrics begin afresh; rows go on, as the first of a new lineage. */
        START_OVER
    }
}

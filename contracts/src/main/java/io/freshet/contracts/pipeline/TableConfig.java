package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.Set;

/**
 * A table of embedding rows.
 *
 * @param dimension floats of the embedding; a wide ranker adds one more float, the bias, as the last of the row
 * @param migrate what may be done to stored rows that do not fit the table any more; without it they are refused
 * @param memory bytes of hot rows in each subtask, index included; the others wait in RocksDB
 * @param expireAfter rows untouched for so much event time are forgotten; zero for never
 * @param admitAfter the touch from which on a row is trained and kept
 * @param expiry how many rows may be forgotten
 * @param admission how touches are counted before that
 */
public record TableConfig(
        String name,
        int dimension,
        RowOptimizerConfig optimizer,
        InitialConfig initial,
        Set<Migration> migrate,
        long memory,
        Duration expireAfter,
        int admitAfter,
        ExpiryConfig expiry,
        AdmissionConfig admission)
        implements Serializable {
    /** Rows are kept for ever when the file does not say. */
    public static final Duration NEVER = Duration.ZERO;

    /** Rows are trained from their first touch when the file does not say. */
    public static final int DEFAULT_ADMIT_AFTER = 1;

    /** Half a gibibyte. */
    public static final long DEFAULT_MEMORY = 512L << 20;

    /** Rows of the largest dimension still fit by the dozen. */
    private static final long MEMORY_MIN = 1L << 20;

    private static final int DIMENSION_MAX = 4096;

    /** Counts are kept in a byte. */
    private static final int ADMIT_AFTER_MAX = 255;

    public TableConfig {
        migrate = Set.copyOf(migrate);
        new Problems()
                .requireName("", name)
                .requireWithin(1, DIMENSION_MAX, "dimension", dimension)
                .require(memory >= MEMORY_MIN, "memory", "1mb or more", SizeText.of(memory))
                .requireAtLeast(Duration.ZERO, "expire-after", expireAfter)
                .requireWithin(1, ADMIT_AFTER_MAX, "admit-after", admitAfter)
                .require(
                        admitAfter != DEFAULT_ADMIT_AFTER || !admission.counts(),
                        "admit-after",
                        "above 1 where counting, memory or decay of admission are given",
                        admitAfter)
                .require(
                        !expireAfter.equals(NEVER) || expiry.maxRows() > 0 || expiry.equals(ExpiryConfig.DEFAULTS),
                        "expire-after",
                        "given, or expiry.max-rows, where other keys of expiry are: no row would ever go",
                        "never")
                .throwIfAny();
    }

    /** A table as it is when the file says nothing else about it. */
    public static TableConfig of(String name, int dimension) {
        return new TableConfig(
                name,
                dimension,
                RowOptimizerConfig.DEFAULTS,
                InitialConfig.DEFAULTS,
                Set.of(),
                DEFAULT_MEMORY,
                NEVER,
                DEFAULT_ADMIT_AFTER,
                ExpiryConfig.DEFAULTS,
                AdmissionConfig.DEFAULTS);
    }

    /** This table with another optimizer. */
    public TableConfig with(RowOptimizerConfig other) {
        return new TableConfig(
                name, dimension, other, initial, migrate, memory, expireAfter, admitAfter, expiry, admission);
    }

    /** This table with other initial values. */
    public TableConfig with(InitialConfig other) {
        return new TableConfig(
                name, dimension, optimizer, other, migrate, memory, expireAfter, admitAfter, expiry, admission);
    }

    /** This table with stored rows of another shape allowed. */
    public TableConfig with(Set<Migration> allowed) {
        return new TableConfig(
                name, dimension, optimizer, initial, allowed, memory, expireAfter, admitAfter, expiry, admission);
    }

    /** This table with rows that expire in another way. */
    public TableConfig withExpiry(Duration after, ExpiryConfig other) {
        return new TableConfig(
                name, dimension, optimizer, initial, migrate, memory, after, admitAfter, other, admission);
    }

    /** This table with rows that are admitted in another way. */
    public TableConfig withAdmission(int after, AdmissionConfig other) {
        return new TableConfig(name, dimension, optimizer, initial, migrate, memory, expireAfter, after, expiry, other);
    }

    /** This table with other memory for hot rows. */
    public TableConfig withMemory(long bytes) {
        return new TableConfig(
                name, dimension, optimizer, initial, migrate, bytes, expireAfter, admitAfter, expiry, admission);
    }
}

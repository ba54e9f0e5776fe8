package io.freshet.contracts.feature;

import java.nio.charset.StandardCharsets;
import net.openhft.hashing.LongHashFunction;

/**
 * Turns what an event calls a thing into the 64-bit id of its row: XXH3 of the text in UTF-8, seeded by XXH3 of the
 * table's name, so that one text names unrelated rows in two tables. An integer is hashed as its decimal text: 42 and
 * "42" are one id. Ids are stored and published; this function never changes.
 *
 * <p>Threads: immutable.
 */
public final class FeatureHash {
    private static final LongHashFunction UNSEEDED = LongHashFunction.xx3();

    private final LongHashFunction seeded;

    private FeatureHash(String table) {
        seeded = LongHashFunction.xx3(ofTable(table));
    }

    /** The hash function of one table, for who hashes many values. */
    public static FeatureHash forTable(String table) {
        return new FeatureHash(table);
    }

    /** The row id of {@code value} in a table. */
    public static long id(String table, String value) {
        return forTable(table).id(value);
    }

    /** A table's name as a number: the seed of its ids. */
    public static long ofTable(String table) {
        return UNSEEDED.hashBytes(table.getBytes(StandardCharsets.UTF_8));
    }

    /** The row id of {@code value}. */
    public long id(String value) {
        return seeded.hashBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** The row id of an integer: that of its decimal text. */
    public long id(long value) {
        return id(Long.toString(value));
    }
}

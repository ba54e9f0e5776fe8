package io.freshet.store.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Random operations on rows and on values of key groups, beside hash maps that do the same. */
final class RandomRowOperations {
    private static final int TABLES = 2;
    private static final int BATCH_MAX = 200;
    private static final int IDS = 5_000;
    private static final long[] EDGES = {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE};
    private static final String[] NAMES = {"clock", "changed", "changed.0"};

    private final SplittableRandom random;
    private final List<Map<Long, byte[]>> model = List.of(new HashMap<>(), new HashMap<>());
    private final Map<String, byte[]> modelMetadata = new HashMap<>();
    private DurableRows rows;
    private long done;

    RandomRowOperations(long seed, DurableRows rows) {
        random = new SplittableRandom(seed);
        this.rows = rows;
    }

    /** How many rows were written, deleted or read. */
    long done() {
        return done;
    }

    /** The same rows in another place. */
    void goOnWith(DurableRows others) {
        rows = others;
    }

    /** Does one. */
    void next() {
        int table = random.nextInt(TABLES);
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6 -> write(table);
            case 7, 8 -> delete(table);
            case 9 -> metadata();
            case 10 -> walkAbit(table);
            case 11 -> readOne(table);
            default -> read(table);
        }
    }

    private void write(int table) {
        long[] ids = ids();
        int from = random.nextInt(ids.length);
        int count = ids.length - from;
        // Of rows, mostly, and now and then of nothing or of something long.
        int kind = random.nextInt(50);
        int bytes = kind == 0 ? 0 : kind == 1 ? 3_000 : 1 + random.nextInt(80);
        byte[] values = new byte[count * bytes];
        random.nextBytes(values);
        rows.write(table, ids, from, count, ByteBuffer.wrap(values));
        for (int i = 0; i < count; i++) {
            model.get(table).put(ids[from + i], Arrays.copyOfRange(values, i * bytes, (i + 1) * bytes));
        }
        done += count;
    }

    private void delete(int table) {
        long[] ids = ids();
        int count = random.nextInt(ids.length);
        rows.delete(table, ids, 0, count);
        for (int i = 0; i < count; i++) {
            model.get(table).remove(ids[i]);
        }
        done += count;
    }

    private void read(int table) {
        long[] ids = ids();
        int from = random.nextInt(ids.length);
        int count = ids.length - from;
        byte[][] found = new byte[count][];
        int[] last = {-1};
        rows.read(table, ids, from, count, (index, value) -> {
            assertThat(index).isGreaterThan(last[0]);
            last[0] = index;
            found[index] = bytes(value);
        });
        for (int i = 0; i < count; i++) {
            compare(table, ids[from + i], found[i]);
        }
        done += count;
    }

    private void readOne(int table) {
        long id = id();
        ByteBuffer out = ByteBuffer.allocate(4_000);
        byte[] found = rows.read(table, id, out) ? bytes(out.flip()) : null;
        compare(table, id, found);
        done++;
    }

    /** Some steps over a table, with changes between them. */
    private void walkAbit(int table) {
        Map<Long, byte[]> seen = new HashMap<>();
        RowWalk walk = rows.walk(table);
        for (int step = random.nextInt(4); step >= 0; step--) {
            walk.next(1 + random.nextInt(100), (of, id, value) -> {
                byte[] found = bytes(value);
                compare(of, id, found);
                assertThat(seen.put(id, found)).as("row %d is visited once", id).isNull();
            });
            if (random.nextBoolean()) {
                write(table);
            } else {
                delete(table);
            }
        }
        done += seen.size();
    }

    private void metadata() {
        KeyGroupSpan owned = rows.keyGroups();
        int group = owned.first() + random.nextInt(owned.last() - owned.first() + 1);
        String name = NAMES[random.nextInt(NAMES.length)];
        assertThat(rows.metadata(group, name)).isEqualTo(modelMetadata.get(group + " " + name));
        byte[] value = random.nextInt(3) == 0 ? null : new byte[random.nextInt(60)];
        if (value != null) {
            random.nextBytes(value);
        }
        rows.putMetadata(group, name, value);
        modelMetadata.put(group + " " + name, value);
        done++;
    }

    /** Every row and every value of a key group. */
    void compareAll() {
        List<Map<Long, byte[]>> found = List.of(new HashMap<>(), new HashMap<>());
        rows.forEach((table, id, value) -> {
            byte[] bytes = bytes(value);
            compare(table, id, bytes);
            assertThat(found.get(table).put(id, bytes))
                    .as("row %d is visited once", id)
                    .isNull();
        });
        for (int table = 0; table < TABLES; table++) {
            assertThat(found.get(table).keySet()).isEqualTo(model.get(table).keySet());
        }
        Map<String, byte[]> sorted = new TreeMap<>(modelMetadata);
        for (int group = rows.keyGroups().first(); group <= rows.keyGroups().last(); group++) {
            for (String name : NAMES) {
                assertThat(rows.metadata(group, name)).isEqualTo(sorted.get(group + " " + name));
            }
        }
    }

    private void compare(int table, long id, byte[] found) {
        byte[] wanted = model.get(table).get(id);
        if (!Arrays.equals(found, wanted)) {
            throw new AssertionError("Row %d of table %d is %s, not %s, after %d operations"
                    .formatted(id, table, Arrays.toString(found), Arrays.toString(wanted), done));
        }
    }

    /** Different ones, at least one. */
    private long[] ids() {
        List<Long> ids = new ArrayList<>();
        for (int left = 1 + random.nextInt(BATCH_MAX); left > 0; left--) {
            ids.add(id());
        }
        return ids.stream().mapToLong(Long::longValue).distinct().toArray();
    }

    private long id() {
        int number = random.nextInt(IDS);
        if (number < EDGES.length) {
            return EDGES[number];
        }
        return number % 2 == 0 ? number - IDS / 2 : number * 0x9e3779b97f4a7c15L;
    }

    private static byte[] bytes(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }
}

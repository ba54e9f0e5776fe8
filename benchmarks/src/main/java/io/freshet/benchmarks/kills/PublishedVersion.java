package io.freshet.benchmarks.kills;

import io.freshet.store.table.ChangedRowConsumer;
import io.freshet.store.table.RowTables;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The rows that left with a version, as a file: for each {@code i32 table, i64 id, i32 floats or -1 for gone, f32[]}. */
final class PublishedVersion {
    private PublishedVersion() {}

    /** Drains the rows of a version into a file of its folder. */
    static void write(Path folder, long version, RowTables rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        rows.drainChanged(version, new ChangedRowConsumer() {
            @Override
            public void row(int keyGroup, int table, long id, float[] weights) {
                put(out, table, id, weights);
            }

            @Override
            public void gone(int keyGroup, int table, long id) {
                put(out, table, id, null);
            }
        });
        try {
            Files.write(folder.resolve(Long.toString(version)), bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write version %d to %s".formatted(version, folder), e);
        }
    }

    private static void put(DataOutputStream out, int table, long id, float[] weights) {
        try {
            out.writeInt(table);
            out.writeLong(id);
            out.writeInt(weights == null ? -1 : weights.length);
            for (int i = 0; weights != null && i < weights.length; i++) {
                out.writeFloat(weights[i]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Memory could not be written to", e);
        }
    }

    /** Hands out what a version holds. */
    static void read(Path folder, long version, ChangedRowConsumer consumer) {
        Path file = folder.resolve(Long.toString(version));
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            while (in.available() > 0) {
                int table = in.readInt();
                long id = in.readLong();
                int floats = in.readInt();
                if (floats < 0) {
                    consumer.gone(0, table, id);
                    continue;
                }
                float[] weights = new float[floats];
                for (int i = 0; i < floats; i++) {
                    weights[i] = in.readFloat();
                }
                consumer.row(0, table, id, weights);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read version %d from %s".formatted(version, folder), e);
        }
    }
}

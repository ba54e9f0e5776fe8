package io.freshet.store.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowDatabaseTest {
    private static final List<String> TABLES = List.of("user", "item");
    private static final int ROW_BYTES = 280;

    @TempDir
    Path folder;

    @Test
    void whatACheckpointHoldsIsBackAndWhatCameAfterItIsGone() {
        try (RowDatabase database = open()) {
            assertThat(database.restoredFrom()).isEmpty();
            database.rows().write(0, 7, value(1));
            database.rows().putMetadata(3, "clock", new byte[] {1});
            database.checkpoint(1);
            database.rows().write(0, 7, value(2));
            database.rows().write(1, 7, value(3));
            database.rows().putMetadata(3, "clock", new byte[] {2});
        }
        try (RowDatabase database = open()) {
            assertThat(database.restoredFrom()).hasValue(1);
            assertThat(read(database, 0, 7)).isEqualTo(value(1));
            assertThat(database.rows().read(1, 7, ByteBuffer.allocate(8))).isFalse();
            assertThat(database.rows().metadata(3, "clock")).containsExactly(1);
        }
    }

    @Test
    void theNewestCompleteCheckpointCountsAndOlderOnesGo() throws IOException {
        try (RowDatabase database = open()) {
            for (int id = 1; id <= 5; id++) {
                database.rows().write(0, 7, value(id));
                database.checkpoint(id * 10L);
            }
        }
        assertThat(names()).containsExactlyInAnyOrder("checkpoint-40", "checkpoint-50", "live");
        try (RowDatabase database = open()) {
            assertThat(database.restoredFrom()).hasValue(50);
            assertThat(read(database, 0, 7)).isEqualTo(value(5));
            assertThatThrownBy(() -> database.checkpoint(50)).hasMessageContaining("after checkpoint 50");
        }
    }

    @Test
    void aCheckpointThatWasCutOffDoesNotCount() throws IOException {
        try (RowDatabase database = open()) {
            database.rows().write(0, 7, value(1));
            database.checkpoint(1);
            database.rows().write(0, 7, value(2));
            database.checkpoint(2);
        }
        Files.move(folder.resolve("checkpoint-2"), folder.resolve("unfinished-2"));
        try (RowDatabase database = open()) {
            assertThat(database.restoredFrom()).hasValue(1);
            assertThat(read(database, 0, 7)).isEqualTo(value(1));
            assertThat(database.checkpoint(2).folder()).isDirectory();
        }
        assertThat(names()).containsExactlyInAnyOrder("checkpoint-1", "checkpoint-2", "live");
    }

    @Test
    void aRestoredDatabaseLeavesTheCheckpointThatItCameFromAlone() {
        try (RowDatabase database = open()) {
            fill(database, 0, 20_000, 1);
            database.checkpoint(1);
        }
        for (int life = 0; life < 3; life++) {
            try (RowDatabase database = open()) {
                assertThat(database.restoredFrom()).hasValue(1);
                assertThat(read(database, 0, 19_999).getLong(0)).isEqualTo(19_999);
                fill(database, 0, 20_000, 2 + life);
            }
        }
    }

    @Test
    void bytesOfACheckpointGrowWithTheRowsChangedAndNotWithTheRowsHeld() {
        // Write buffers that hold all rows, as a compaction would add files of its own.
        try (RowDatabase database = open(256 << 20)) {
            fill(database, 0, 50_000, 1);
            RowDatabase.Made all = database.checkpoint(1);
            assertThat(all.newBytes()).isEqualTo(all.bytes()).isGreaterThan(50_000L * ROW_BYTES);

            fill(database, 1_000, 1_500, 2);
            RowDatabase.Made some = database.checkpoint(2);
            assertThat(some.bytes()).isGreaterThan(all.bytes());
            assertThat(some.newBytes()).isBetween(500L * ROW_BYTES, 1_000L * ROW_BYTES);
        }
    }

    @Test
    void aTableThatTheCallerDoesNotNameIsRefused() {
        try (RowDatabase database = open()) {
            database.checkpoint(1);
        }
        assertThatThrownBy(() -> RowDatabase.open(
                        folder, List.of("user"), new KeyGroupSpan(0, 127), 128, new RowDatabase.Limits(8 << 20, 2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[user]")
                .hasMessageContaining("rows.item");
    }

    private RowDatabase open() {
        return open(8 << 20);
    }

    private RowDatabase open(long cacheBytes) {
        return RowDatabase.open(folder, TABLES, new KeyGroupSpan(0, 127), 128, new RowDatabase.Limits(cacheBytes, 2));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private static void fill(RowDatabase database, long fromId, long toId, long seed) {
        long[] ids = LongStream.range(fromId, toId).toArray();
        byte[] noise = new byte[ids.length * ROW_BYTES];
        new Random(seed).nextBytes(noise);
        ByteBuffer values = ByteBuffer.wrap(noise);
        for (int i = 0; i < ids.length; i++) {
            values.putLong(i * ROW_BYTES, ids[i]);
        }
        database.rows().write(0, ids, 0, ids.length, values);
    }

    private static ByteBuffer value(int content) {
        return ByteBuffer.wrap(new byte[] {(byte) content, 9});
    }

    private static ByteBuffer read(RowDatabase database, int table, long id) {
        ByteBuffer out = ByteBuffer.allocate(ROW_BYTES);
        assertThat(database.rows().read(table, id, out)).isTrue();
        return out.flip();
    }
}

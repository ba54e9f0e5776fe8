package io.freshet.store.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HotTableTest {
    private static final RowLayout LAYOUT = new RowLayout(3, 3);

    @Test
    void rowsKeepTheirMemoryWhileTheTableGrowsOverManySlabs() {
        // Rows of 400 kB: two to a slab.
        HotTable table = new HotTable(new RowLayout(50_000, 50_000), 20);
        for (long id = 0; id < 20; id++) {
            int slot = table.add(id);
            table.floatsOf(slot).put(table.floatAt(slot), id);
        }
        for (long id = 0; id < 20; id++) {
            int slot = table.find(id);
            assertThat(table.floatsOf(slot).get(table.floatAt(slot))).isEqualTo(id);
            assertThat(table.bytesOf(slot).getFloat(table.byteAt(slot))).isEqualTo(id);
        }
        assertThat(table.bytes()).isEqualTo(20L * 400_012);
    }

    @Test
    void idsThatCrowdOnePlaceOfTheIndexAreToldApartThroughReplacements() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        HotTable table = new HotTable(LAYOUT, 64);
        Map<Long, Integer> slots = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            long id = random.nextInt(200) - 100;
            Integer known = slots.get(id);
            assertThat(table.find(id)).isEqualTo(known == null ? HotTable.NONE : known);
            if (known == null && !table.isFull()) {
                slots.put(id, table.add(id));
            } else if (known == null) {
                int slot = table.victim();
                slots.remove(table.id(slot));
                table.replace(slot, id);
                slots.put(id, slot);
            }
        }
        slots.forEach((id, slot) -> assertThat(table.find(id)).isEqualTo(slot));
    }

    @Test
    void theHandPassesOverRowsTouchedSinceItLastCameBy() {
        HotTable table = new HotTable(LAYOUT, 3);
        for (long id = 0; id < 3; id++) {
            table.touch(table.add(id));
        }
        table.clear(1, (byte) -1);
        assertThat(table.victim()).isEqualTo(1);
        // Slot 0 has lost its mark on the way, slot 2 loses its own now.
        assertThat(table.victim()).isEqualTo(0);
    }

    @Test
    void aReplacedRowHasNoFlags() {
        HotTable table = new HotTable(LAYOUT, 1);
        int slot = table.add(7);
        table.set(slot, (byte) (HotTable.DIRTY | HotTable.CHANGED));
        table.replace(slot, 8);
        assertThat(table.is(slot, HotTable.DIRTY)).isFalse();
        assertThat(table.is(slot, HotTable.CHANGED)).isFalse();
    }

    @Test
    void aLimitOfNoRowsIsRefused() {
        assertThatThrownBy(() -> new HotTable(LAYOUT, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not to 0");
    }
}

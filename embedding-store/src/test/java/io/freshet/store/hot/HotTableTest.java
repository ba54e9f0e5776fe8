package io.freshet.store.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HotTableTest {
    @Test
    void rowsKeepTheirMemoryWhileTheTableGrowsOverManySlabs() {
        // Rows of 400 kB: two to a slab.
        HotTable table = new HotTable(100_000, 20);
        for (long id = 0; id < 20; id++) {
            int slot = table.add(id);
            table.floatsOf(slot).put(table.floatAt(slot), id);
            table.endWrite(slot);
        }
        for (long id = 0; id < 20; id++) {
            int slot = table.find(id);
            assertThat(table.floatsOf(slot).get(table.floatAt(slot))).isEqualTo(id);
        }
        assertThat(table.bytes()).isBetween(20L * 400_024, 20L * 400_024 + 40 * Long.BYTES);
    }

    @Test
    void rowsThatComeAndGoAreFoundWhereAMapSaysTheyAre() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        HotTable table = new HotTable(3, 64);
        Map<Long, Integer> slots = new HashMap<>();
        int[] victim = new int[1];
        for (int i = 0; i < 100_000; i++) {
            long id = random.nextInt(200) - 100;
            Integer known = slots.get(id);
            assertThat(table.use(id)).isEqualTo(known == null ? HotTable.NONE : known);
            if (known != null && random.nextInt(4) == 0) {
                remove(table, slots, known);
            } else if (known == null) {
                if (table.room() == 0) {
                    assertThat(table.victims(victim, 1)).isEqualTo(1);
                    remove(table, slots, victim[0]);
                }
                int slot = table.add(id);
                table.endWrite(slot);
                assertThat(slots.values()).doesNotContain(slot);
                slots.put(id, slot);
            }
            assertThat(table.rows()).isEqualTo(slots.size());
        }
        slots.forEach((id, slot) -> assertThat(table.find(id)).isEqualTo(slot));
    }

    private static void remove(HotTable table, Map<Long, Integer> slots, int slot) {
        slots.remove(table.id(slot));
        table.remove(slot);
        assertThat(table.isInUse(slot)).isFalse();
    }

    @Test
    void theRowsThatGoFirstAreThoseThatNobodyUsed() {
        HotTable table = new HotTable(3, 100);
        for (long id = 0; id < 100; id++) {
            table.endWrite(table.add(id));
        }
        for (long id = 0; id < 100; id += 2) {
            table.use(id);
            table.use(id);
        }
        int[] slots = new int[100];
        assertThat(table.victims(slots, 50)).isEqualTo(50);
        for (int i = 0; i < 50; i++) {
            // The last ten are on probation: they begin anew.
            assertThat(table.id(slots[i])).matches(id -> id % 2 == 1 || id >= 90);
        }
    }

    @Test
    void asManyRowsGoAsThereAreEachOnceWhateverIsAskedFor() {
        HotTable table = new HotTable(3, 10);
        int[] slots = new int[20];
        assertThat(table.victims(slots, 20)).isZero();
        for (long id = 0; id < 10; id++) {
            table.endWrite(table.add(id));
        }
        table.use(3);
        assertThat(table.victims(slots, 20)).isEqualTo(10);
        assertThat(Arrays.stream(slots, 0, 10).distinct().count()).isEqualTo(10);
    }

    @Test
    void aRowMoreThanThereIsRoomForIsRefused() {
        HotTable table = new HotTable(3, 1);
        table.endWrite(table.add(7));
        assertThatThrownBy(() -> table.add(8))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 rows already");
    }

    @Test
    void aLimitOfNoRowsIsRefused() {
        assertThatThrownBy(() -> new HotTable(3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not to 0");
    }
}

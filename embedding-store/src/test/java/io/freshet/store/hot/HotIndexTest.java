package io.freshet.store.hot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HotIndexTest {
    private static final int ROWS = 6_000;
    private static final int PLACES = 10_000;

    private final RowSlabs slabs = new RowSlabs(1, ROWS);
    private final HotIndex index = new HotIndex(PLACES, slabs);

    /** Six of ten places in use at random have runs of a few dozen; a region that fills up has one of thousands. */
    @Test
    void chainsStayShortHoweverManyRowsComeAndGo() {
        long nextId = 0;
        for (int slot = 0; slot < ROWS; slot++) {
            slabs.reach(slot);
            put(nextId++, slot);
        }
        int[] victims = new int[64];
        for (int round = 0; round < 3 * PLACES / victims.length; round++) {
            int count = index.passHand(victims, 0, victims.length);
            assertThat(count).isEqualTo(victims.length);
            for (int i = 0; i < count; i++) {
                index.remove(slabs.id(victims[i]));
            }
            for (int i = 0; i < count; i++) {
                put(nextId++, victims[i]);
            }
            assertThat(longestRun()).isLessThan(300);
        }
    }

    @Test
    void theHandComesToEveryPlaceWhateverTheirNumber() {
        for (int places = 1; places < 200; places++) {
            RowSlabs few = new RowSlabs(1, places);
            HotIndex full = new HotIndex(places + 1, few);
            for (int slot = 0; slot < places; slot++) {
                few.reach(slot);
                RawMemory.putLong(few.address(slot), slot);
                full.add(slot, slot, false);
            }
            int[] victims = new int[places];
            assertThat(full.passHand(victims, 0, places))
                    .as("%d places", places + 1)
                    .isEqualTo(places);
            assertThat(victims).doesNotHaveDuplicates();
        }
    }

    private void put(long id, int slot) {
        RawMemory.putLong(slabs.address(slot), id);
        index.add(id, slot, false);
    }

    private int longestRun() {
        int longest = 0;
        int run = 0;
        for (int place = 0; place < PLACES; place++) {
            run = index.acquire(place) == 0 ? 0 : run + 1;
            longest = Math.max(longest, run);
        }
        return longest;
    }
}

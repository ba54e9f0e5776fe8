package io.freshet.store.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SlotQueueTest {
    @Test
    void slotsLeaveInTheOrderInWhichTheyCameHoweverTheQueueGrewMeanwhile() {
        for (int maxSize : new int[] {1, 10, 1_000, 1_500}) {
            SplittableRandom random = new SplittableRandom(maxSize);
            SlotQueue queue = new SlotQueue(maxSize);
            Queue<Integer> model = new ArrayDeque<>();
            for (int i = 0; i < 20_000; i++) {
                // More come than go.
                if (model.isEmpty() || model.size() < maxSize && random.nextInt(5) < 3) {
                    queue.add(i);
                    model.add(i);
                } else {
                    assertThat(queue.take()).isEqualTo(model.remove());
                }
                assertThat(queue.size()).isEqualTo(model.size());
            }
            assertThat(queue.bytes()).isLessThanOrEqualTo((long) maxSize * Integer.BYTES);
        }
    }
}

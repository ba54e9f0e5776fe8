package io.freshet.flink.rows;

import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * For every key group a key that Flink maps to it.
 *
 * <p>Gradients travel as one block per key group and the rows of the group are map state under its key, so that Flink
 * moves whole groups when the parallelism changes.
 */
final class KeyGroupKeys {
    private final int[] keys;

    /** Keys for the key groups 0 to maxParallelism - 1. */
    KeyGroupKeys(int maxParallelism) {
        keys = new int[maxParallelism];
        boolean[] found = new boolean[maxParallelism];
        int missing = maxParallelism;
        for (int key = 0; missing > 0; key++) {
            int group = KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism);
            if (!found[group]) {
                found[group] = true;
                keys[group] = key;
                missing--;
            }
        }
    }

    int keyOf(int keyGroup) {
        return keys[keyGroup];
    }

    int count() {
        return keys.length;
    }
}

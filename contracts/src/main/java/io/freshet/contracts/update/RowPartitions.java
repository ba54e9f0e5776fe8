package io.freshet.contracts.update;

/** Which partition of the rows topic holds a key group's rows, whatever the parallelism: a row's records stay in order. */
public final class RowPartitions {
    private RowPartitions() {}

    /** The partition, in [0, partitions). */
    public static int of(int keyGroup, int maxParallelism, int partitions) {
        return (int) ((long) keyGroup * partitions / maxParallelism);
    }
}

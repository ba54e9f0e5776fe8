package io.freshet.store.durable;

/** Where an implementation of {@link DurableRows} keeps the values that belong to key groups. Threads: as there. */
public interface KeyGroupMetadata {
    /** As {@link DurableRows#metadata}; the group is one that is kept here. */
    byte[] get(int keyGroup, String name);

    /** As {@link DurableRows#putMetadata}; the group is one that is kept here. */
    void put(int keyGroup, String name, byte[] value);
}

package io.freshet.store.admission;

/** The first byte of counts that are kept: how they were counted. */
enum CountsFormat {
    EXACT(1),
    SKETCH(2);

    private final byte number;

    CountsFormat(int number) {
        this.number = (byte) number;
    }

    byte number() {
        return number;
    }

    /**
     * Whether these are counts of this format.
     *
     * @param value null where nothing was kept
     * @return false also for the other format: the file has asked for another way of counting since, which starts over
     * @throws IllegalStateException when no format of this program has that number
     */
    boolean isOf(byte[] value) {
        if (value == null) {
            return false;
        }
        for (CountsFormat known : values()) {
            if (value.length > 0 && value[0] == known.number) {
                return known == this;
            }
        }
        throw new IllegalStateException(
                ("Counted touches are stored in format %s, and this program reads formats up to %d. Run the program that "
                                + "wrote them, or a newer one.")
                        .formatted(value.length == 0 ? "(no byte)" : Byte.toUnsignedInt(value[0]), values().length));
    }

    /** The error for counts that do not end where they should. */
    static IllegalStateException cut(byte[] value) {
        return new IllegalStateException(
                "Counted touches of %d bytes are not whole: the checkpoint is damaged. Restore an older one."
                        .formatted(value.length));
    }
}

package io.freshet.store.admission;

import io.freshet.store.hash.Mix64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;

/**
 * Counters that rows share: a count-min sketch with conservative update (Cormode, Muthukrishnan 2005; Estan, Varghese
 * 2002), cut into blocks. A row belongs to one block and has {@value #ROWS} counters there, one in each row of the block;
 * its count is the least of them. So a count may be too high, when all of its counters are shared, and never too low.
 *
 * <p>Halving is done block by block when a block is next touched, which comes to the same.
 *
 * <p>Each block is kept as a part of its own, little-endian: {@code u8 format = 2, i64 period, i32 touches, u8[] counters}.
 * One of another length, after a change of the configured memory, is left out, and its rows are counted from 0.
 */
public final class SketchCounts implements TouchCounts {
    private static final int HEADER_BYTES = 1 + Long.BYTES + Integer.BYTES;
    private static final int ROWS = 4;
    private static final int BLOCK_BYTES = 1 << 14;
    private static final int BLOCK_BYTES_MIN = 64;

    /** Apart from the hash that leads to rows of the hot table. */
    private static final long SEED = 0x5ca1ab1e0ddba11L;

    private final Decay decay;
    private final int counters;
    private final Block[] blocks;
    private final BitSet stale = new BitSet();

    private static final class Block {
        private final byte[] counts;
        private long period;

        /** All touches, halved with the counts. */
        private int touches;

        Block(int counters, long period) {
            counts = new byte[counters];
            this.period = period;
        }
    }

    /**
     * Takes memory as blocks are touched.
     *
     * @param bytes at most so much, but for a minimum of 64
     */
    public SketchCounts(long bytes, Decay decay) {
        this.decay = decay;
        counters = (int) Math.min(BLOCK_BYTES, Long.highestOneBit(Math.max(BLOCK_BYTES_MIN, bytes)));
        blocks = new Block[(int) Math.max(1, bytes / counters)];
    }

    @Override
    public int touch(long id, long clockMs) {
        long hash = Mix64.mix(id ^ SEED);
        int number = (int) ((hash >>> 32) * blocks.length >>> 32);
        Block block = block(number, decay.period(clockMs));
        stale.set(number);
        block.touches = Math.max(block.touches, block.touches + 1);
        long places = Mix64.mix(hash);
        int least = MAX;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, Byte.toUnsignedInt(block.counts[place(row, places)]));
        }
        int count = Math.min(MAX, least + 1);
        for (int row = 0; row < ROWS; row++) {
            int place = place(row, places);
            // Only those that are lower: what a counter shows beyond that is not this row's.
            if (Byte.toUnsignedInt(block.counts[place]) < count) {
                block.counts[place] = (byte) count;
            }
        }
        return count;
    }

    private int place(int row, long places) {
        int columns = counters / ROWS;
        return row * columns + ((int) (places >>> 16 * row) & columns - 1);
    }

    private Block block(int number, long period) {
        Block block = blocks[number];
        if (block == null) {
            block = new Block(counters, period);
            blocks[number] = block;
        }
        if (period > block.period) {
            long periods = period - block.period;
            for (int i = 0; i < counters; i++) {
                block.counts[i] = (byte) Decay.aged(Byte.toUnsignedInt(block.counts[i]), periods);
            }
            block.touches = Decay.aged(block.touches, periods);
            block.period = period;
        }
        return block;
    }

    /** A shared counter cannot be taken back; it decays. */
    @Override
    public void forget(long id) {}

    @Override
    public double errorBound() {
        double touches = 0;
        for (Block block : blocks) {
            touches += block == null ? 0 : block.touches;
        }
        return Math.E * touches / ((double) blocks.length * counters / ROWS);
    }

    @Override
    public void store(Parts parts) {
        stale.stream().forEach(number -> {
            Block block = blocks[number];
            parts.put(
                    number,
                    ByteBuffer.allocate(HEADER_BYTES + counters)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .put(CountsFormat.SKETCH.number())
                            .putLong(block.period)
                            .putInt(block.touches)
                            .put(block.counts)
                            .array());
        });
        stale.clear();
    }

    @Override
    public void restore(StoredParts stored) {
        for (int number = 0; number < blocks.length; number++) {
            byte[] value = stored.get(number);
            if (CountsFormat.SKETCH.isOf(value) && isOfThisSize(value)) {
                ByteBuffer in =
                        ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).position(1);
                blocks[number] = new Block(counters, in.getLong());
                blocks[number].touches = in.getInt();
                in.get(blocks[number].counts);
            }
        }
    }

    /** False for a sketch of another size, as after a change of the file: counting starts over. */
    private boolean isOfThisSize(byte[] value) {
        int columns = (value.length - HEADER_BYTES) / ROWS;
        if (columns < 1 || HEADER_BYTES + ROWS * Integer.highestOneBit(columns) != value.length) {
            throw CountsFormat.cut(value);
        }
        return value.length == HEADER_BYTES + counters;
    }
}

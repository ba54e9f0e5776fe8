package io.freshet.model.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Four-byte numbers outside the heap, which the engine reads in place. Grows, never shrinks; growing forgets what was
 * there. Not thread-safe.
 */
public final class DirectArray {
    private ByteBuffer memory = ByteBuffer.allocateDirect(64 * Float.BYTES).order(ByteOrder.nativeOrder());
    private int length;

    /** Makes room for {@code newLength} numbers; what they hold is undefined. */
    public void reset(int newLength) {
        length = newLength;
        if (memory.capacity() / Float.BYTES < newLength) {
            int capacity = Math.max(newLength, Math.multiplyExact(2, memory.capacity() / Float.BYTES));
            memory = ByteBuffer.allocateDirect(Math.multiplyExact(capacity, Float.BYTES))
                    .order(ByteOrder.nativeOrder());
        }
    }

    /** How many numbers it holds. */
    public int length() {
        return length;
    }

    /** The memory itself, from the first to the last number. */
    public ByteBuffer bytes() {
        return memory.slice(0, length * Float.BYTES).order(ByteOrder.nativeOrder());
    }

    /** The memory as floats, positioned at the first. */
    public FloatBuffer floats() {
        return bytes().asFloatBuffer();
    }

    /** The memory as integers, positioned at the first. */
    public IntBuffer ints() {
        return bytes().asIntBuffer();
    }
}

package io.freshet.store.hot;

import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import sun.misc.Unsafe;

/**
 * Reads and writes the memory of direct buffers by address. A buffer's own methods check every access, which costs a
 * gather of rows 80 instead of 48 ns for each (docs/decisions/0020); so whoever uses this has to stay within a buffer,
 * and to keep the buffer reachable meanwhile. The memory itself stays the buffer's, for the garbage collector to give
 * back.
 */
final class RawMemory {
    private static final Unsafe UNSAFE = unsafe();
    private static final long BUFFER_ADDRESS = addressField();

    private RawMemory() {}

    /** Zeroed memory, in native order. */
    static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Where the first byte of a direct buffer lies, or the first float of one. */
    static long address(Buffer direct) {
        return UNSAFE.getLong(direct, BUFFER_ADDRESS);
    }

    static long getLong(long address) {
        return UNSAFE.getLong(address);
    }

    static void putLong(long address, long value) {
        UNSAFE.putLong(address, value);
    }

    static int getInt(long address) {
        return UNSAFE.getInt(address);
    }

    static void putInt(long address, int value) {
        UNSAFE.putInt(address, value);
    }

    /** What was written before the value that is read came here is visible from now on. */
    static long getLongAcquire(long address) {
        return UNSAFE.getLongVolatile(null, address);
    }

    /** As {@link #getLongAcquire}. */
    static int getIntAcquire(long address) {
        return UNSAFE.getIntVolatile(null, address);
    }

    /** Whoever acquires this value sees what was written before. */
    static void putLongRelease(long address, long value) {
        UNSAFE.putOrderedLong(null, address, value);
    }

    /** As {@link #putLongRelease}. */
    static void putIntRelease(long address, int value) {
        UNSAFE.putOrderedInt(null, address, value);
    }

    /** Copies floats from an address into an array. */
    static void get(long from, float[] to, int at, int count) {
        UNSAFE.copyMemory(null, from, to, floatAt(at), (long) count * Float.BYTES);
    }

    /** Copies floats from an array to an address. */
    static void put(float[] from, int at, long to, int count) {
        UNSAFE.copyMemory(from, floatAt(at), null, to, (long) count * Float.BYTES);
    }

    static void copy(long from, long to, long bytes) {
        UNSAFE.copyMemory(from, to, bytes);
    }

    /** Whether the floats of a buffer lie at its {@link #address}, as this machine writes them. */
    static boolean hasAddress(FloatBuffer buffer) {
        return buffer.isDirect() && !buffer.isReadOnly() && buffer.order() == ByteOrder.nativeOrder();
    }

    private static long floatAt(int index) {
        return Unsafe.ARRAY_FLOAT_BASE_OFFSET + (long) index * Unsafe.ARRAY_FLOAT_INDEX_SCALE;
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static long addressField() {
        try {
            return UNSAFE.objectFieldOffset(Buffer.class.getDeclaredField("address"));
        } catch (NoSuchFieldException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}

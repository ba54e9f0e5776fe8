package io.freshet.model.file;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** How a file writes a number. Constants are named as the format names them. */
enum ElementType {
    /** IEEE 754 binary32. */
    F32(4) {
        @Override
        float read(ByteBuffer from) {
            return from.getFloat();
        }
    },
    /** IEEE 754 binary16. */
    F16(2) {
        @Override
        float read(ByteBuffer from) {
            return half(from.getShort());
        }
    },
    /** The upper half of a binary32. */
    BF16(2) {
        @Override
        float read(ByteBuffer from) {
            return Float.intBitsToFloat(from.getShort() << 16);
        }
    };

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one number. */
    int bytes() {
        return bytes;
    }

    /** The next number of a little-endian buffer, exactly. */
    abstract float read(ByteBuffer from);

    static Optional<ElementType> of(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    private static float half(short bits) {
        int exponent = bits >>> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude;
        if (exponent == 0) {
            magnitude = fraction * 0x1p-24f; // Zero, and numbers too small for an exponent.
        } else if (exponent == 0x1f) {
            magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else {
            magnitude = Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13); // Biases are 15 and 127.
        }
        return bits < 0 ? -magnitude : magnitude;
    }
}

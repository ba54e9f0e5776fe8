package io.freshet.model.script;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickle of a module that {@code torch.jit.save} wrote, without running anything that it names: objects and calls
 * are kept as what they say. Of the pickle language it knows what torch's own writer uses. Not thread-safe.
 */
final class PickleReader {
    private static final int VALUES_MAX = 1 << 22;
    private static final Object MARK = new Object();

    private final ByteBuffer in;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private PickleReader(byte[] pickle) {
        in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A class or function by its name. */
    record Global(String module, String name) {
        String path() {
            return module + "." + name;
        }
    }

    /** An object; its state is set by a later opcode. */
    static final class Instance {
        final Global type;
        Object state;

        Instance(Global type) {
            this.type = type;
        }
    }

    /** The result of calling something, not called. */
    record Call(Global function, List<?> arguments) {}

    /** Something that lies outside the pickle: (what, kind, key, device, length). */
    record External(List<?> id) {}

    /**
     * The value that a pickle stands for: texts, numbers (Long, Double), Boolean, null, List, Map, and the records of
     * this class.
     *
     * @throws IllegalArgumentException if it is cut off, damaged, or uses what torch's writer does not
     */
    static Object read(byte[] pickle) {
        try {
            return new PickleReader(pickle).run();
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | ClassCastException
                | UnsupportedOperationException e) {
            throw new IllegalArgumentException("data.pkl is damaged: " + e, e);
        }
    }

    private Object run() {
        while (stack.size() < VALUES_MAX) {
            int at = in.position();
            int opcode = in.get() & 0xff;
            if (opcode == '.') {
                return pop();
            }
            if (!simple(opcode) && !memory(opcode) && !container(opcode) && !object(opcode)) {
                throw new IllegalArgumentException(
                        "data.pkl has opcode 0x%02x at byte %d, which no TorchScript file has.".formatted(opcode, at));
            }
        }
        throw new IllegalArgumentException("data.pkl holds more than %,d values.".formatted(VALUES_MAX));
    }

    private boolean simple(int opcode) {
        switch (opcode) {
            case 0x80 -> in.get(); // Protocol.
            case 'X' -> push(text(in.getInt()));
            case 'K' -> push((long) (in.get() & 0xff));
            case 'M' -> push((long) (in.getShort() & 0xffff));
            case 'J' -> push((long) in.getInt());
            case 0x8a -> push(longOf(in.get() & 0xff));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))); // Big-endian, this one.
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'N' -> push(null);
            case 'c' -> push(new Global(line(), line()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean memory(int opcode) {
        switch (opcode) {
            case 'q' -> memo.put(in.get() & 0xff, top());
            case 'r' -> memo.put(in.getInt(), top());
            case 'h' -> push(memo.get(in.get() & 0xff));
            case 'j' -> push(memo.get(in.getInt()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean container(int opcode) {
        switch (opcode) {
            case '(' -> push(MARK);
            case ')' -> push(List.of());
            case ']' -> push(new ArrayList<>());
            case '}' -> push(new LinkedHashMap<>());
            case 't' -> push(Collections.unmodifiableList(sinceMark()));
            case 0x85, 0x86, 0x87 -> {
                List<Object> last = stack.subList(stack.size() - (opcode - 0x84), stack.size());
                List<Object> tuple = Collections.unmodifiableList(new ArrayList<>(last));
                last.clear();
                push(tuple);
            }
            case 'a' -> {
                Object item = pop();
                list(top()).add(item);
            }
            case 'e' -> {
                List<Object> items = sinceMark();
                list(top()).addAll(items);
            }
            case 's' -> {
                Object value = pop();
                Object key = pop();
                map(top()).put(key, value);
            }
            case 'u' -> {
                List<Object> entries = sinceMark();
                for (int i = 0; i < entries.size(); i += 2) {
                    map(top()).put(entries.get(i), entries.get(i + 1));
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean object(int opcode) {
        switch (opcode) {
            case 0x81 -> {
                pop(); // The constructor's arguments: torch gives none.
                push(new Instance((Global) pop()));
            }
            case 'b' -> {
                Object state = pop();
                ((Instance) top()).state = state;
            }
            case 'R' -> {
                List<?> arguments = (List<?>) pop();
                push(new Call((Global) pop(), arguments));
            }
            case 'Q' -> push(new External((List<?>) pop()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object pop() {
        return stack.remove(stack.size() - 1);
    }

    private Object top() {
        return stack.get(stack.size() - 1);
    }

    private List<Object> sinceMark() {
        int mark = stack.lastIndexOf(MARK);
        List<Object> values = new ArrayList<>(stack.subList(mark + 1, stack.size()));
        stack.subList(mark, stack.size()).clear();
        return values;
    }

    @SuppressWarnings("unchecked") // Only this class makes the lists that are added to.
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    @SuppressWarnings("unchecked") // Only this class makes the maps that are added to.
    private static Map<Object, Object> map(Object value) {
        return (Map<Object, Object>) value;
    }

    private String text(int bytes) {
        if (bytes < 0 || bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] utf8 = new byte[bytes];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private String line() {
        int from = in.position();
        while (in.get() != '\n') {
            continue;
        }
        return new String(Arrays.copyOfRange(in.array(), from, in.position() - 1), StandardCharsets.UTF_8);
    }

    private long longOf(int bytes) {
        if (bytes > Long.BYTES) {
            throw new IllegalArgumentException("data.pkl has a whole number of %d bytes.".formatted(bytes));
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (in.get() & 0xffL) << 8 * i;
        }
        int unused = Long.SIZE - 8 * bytes;
        return bytes == 0 ? 0 : value << unused >> unused;
    }
}

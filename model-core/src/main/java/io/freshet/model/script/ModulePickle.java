package io.freshet.model.script;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Pickles a module as torch's archives hold one: protocol 2, an object of a class of the archive's code with a map of its
 * attributes as state. Letters in quotes below are the pickle's opcodes. Not thread-safe.
 */
final class ModulePickle {
    private static final int PROTOCOL = 2;
    private static final int NEW_OBJECT = 0x81;
    private static final int TRUE = 0x88;
    private static final int FALSE = 0x89;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A module of a class, in training mode as every new module. */
    ModulePickle(String module, String className) {
        out.write(0x80);
        out.write(PROTOCOL);
        global(module, className);
        letters(")"); // An empty tuple, the constructor's arguments.
        out.write(NEW_OBJECT);
        letters("}("); // An empty map, and a mark for its entries.
        text("training");
        out.write(TRUE);
    }

    /** Adds a vector of floats that gets no gradient, whose numbers are in the entry {@code data/KEY}. */
    ModulePickle vector(String attribute, String key, int length) {
        text(attribute);
        global("torch._utils", "_rebuild_tensor_v2");
        letters("(("); // Its arguments, the first one being the storage's name.
        text("storage");
        global("torch", "FloatStorage");
        text(key);
        text("cpu");
        number(length);
        letters("tQ"); // The name is whole: have the reader bring the storage.
        number(0); // Its place in the storage,
        letters("(");
        number(length);
        letters("t("); // its shape,
        number(1);
        letters("t"); // its stride.
        out.write(FALSE);
        global("collections", "OrderedDict");
        letters(")RtR");
        return this;
    }

    /**
     * Adds an object that was pickled elsewhere.
     *
     * @param pickled without what begins and ends a pickle
     */
    ModulePickle object(String attribute, byte[] pickled) {
        text(attribute);
        out.writeBytes(pickled);
        return this;
    }

    /** The pickle. */
    byte[] toBytes() {
        letters("ub."); // Put the entries into the map, give it to the object, stop.
        return out.toByteArray();
    }

    private void global(String module, String name) {
        letters("c" + module + "\n" + name + "\n");
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        letters("X");
        little(utf8.length);
        out.writeBytes(utf8);
    }

    private void number(int number) {
        letters("J");
        little(number);
    }

    private void little(int number) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array());
    }

    private void letters(String ascii) {
        out.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
    }
}

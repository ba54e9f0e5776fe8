package io.freshet.model.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes TorchScript source as the archive that {@code torch.jit.load} opens, in Python, C++ and Java alike: a zip of
 *
 * <pre>
 *   NAME/version               archive format
 *   NAME/byteorder             of stored tensors; there are none
 *   NAME/constants.pkl         a pickled empty tuple
 *   NAME/data.pkl              the pickled module: its class, and its attributes
 *   NAME/code/__torch__.py     the class
 * </pre>
 *
 * <p>Weights are arguments of the methods, so the archive holds none. The same source gives the same bytes.
 */
public final class ScriptArchive {
    private static final String NAME = "ranker";
    /** The torch format that knows the operators used here; torch 2.x writes it. */
    private static final String FORMAT = "3\n";

    private ScriptArchive() {}

    /** The archive of a module of class {@code Ranker} with no attribute but {@code training}. */
    public static byte[] of(String source) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", module("Ranker"));
            store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "version", FORMAT.getBytes(StandardCharsets.US_ASCII));
            store(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed.", e);
        }
        return bytes.toByteArray();
    }

    /** A pickle, protocol 2, of an object of class {@code __torch__.NAME} with state {"training": True}. */
    private static byte[] module(String className) {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.write(0x80);
        pickle.write(2);
        ascii(pickle, "c__torch__\n" + className + "\n"); // GLOBAL
        ascii(pickle, ")"); // EMPTY_TUPLE
        pickle.write(0x81); // NEWOBJ
        ascii(pickle, "}(X"); // EMPTY_DICT, MARK, BINUNICODE with its length, little-endian
        pickle.write("training".length());
        pickle.write(0);
        pickle.write(0);
        pickle.write(0);
        ascii(pickle, "training");
        pickle.write(0x88); // NEWTRUE
        ascii(pickle, "ub."); // SETITEMS, BUILD, STOP
        return pickle.toByteArray();
    }

    private static void ascii(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Stored, not deflated: torch maps entries straight from the file. */
    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(NAME + "/" + name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}

package io.freshet.model.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes TorchScript source as the archive that {@code torch.jit.load} opens, in Python, C++ and Java alike: a zip of
 *
 * <pre>
 *   NAME/version               archive format
 *   NAME/byteorder             of stored tensors
 *   NAME/constants.pkl         a pickled empty tuple
 *   NAME/data.pkl              the pickled module: its class, and its attributes
 *   NAME/data/0                numbers of the first tensor among the attributes, and so on
 *   NAME/code/__torch__.py     the class
 *   NAME/extra/FILE            files that torch hands out when asked for by name
 * </pre>
 *
 * <p>The same content gives the same bytes. Not thread-safe.
 */
public final class ScriptArchive {
    private static final String NAME = "ranker";
    /** The torch format that knows the operators used here; torch 2.x writes it. */
    private static final String FORMAT = "3\n";

    private final String source;
    private final Map<String, float[]> vectors = new LinkedHashMap<>();
    private final Map<String, String> extra = new LinkedHashMap<>();

    /** An archive of a module of class {@code Ranker}. */
    public ScriptArchive(String source) {
        this.source = source;
    }

    /** Adds an attribute of the module, a vector that is no parameter. */
    public ScriptArchive vector(String attribute, float[] values) {
        vectors.put(attribute, values);
        return this;
    }

    /** Adds a file, as {@code _extra_files} of {@code torch.jit.load} finds it. */
    public ScriptArchive extra(String file, String content) {
        extra.put(file, content);
        return this;
    }

    /** Writes the archive, and closes the stream. */
    public void writeTo(OutputStream out) throws IOException {
        ModulePickle module = new ModulePickle("Ranker");
        try (ArchiveZip zip = new ArchiveZip(out, NAME)) {
            int key = 0;
            for (Map.Entry<String, float[]> vector : vectors.entrySet()) {
                module.vector(vector.getKey(), "" + key, vector.getValue().length);
                zip.floats("data/" + key++, vector.getValue());
            }
            zip.entry("data.pkl", module.toBytes());
            zip.entry("code/__torch__.py", utf8(source));
            zip.entry("constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            for (Map.Entry<String, String> file : extra.entrySet()) {
                zip.entry("extra/" + file.getKey(), utf8(file.getValue()));
            }
            zip.entry("version", utf8(FORMAT));
            zip.entry("byteorder", utf8("little"));
        }
    }

    /** The archive in memory. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed.", e);
        }
        return bytes.toByteArray();
    }

    /** The archive of a module whose weights are arguments of its methods. */
    public static byte[] of(String source) {
        return new ScriptArchive(source).toBytes();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

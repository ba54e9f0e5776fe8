package io.freshet.model.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes TorchScript source, and a scripted module that it may use, as the archive that {@code torch.jit.load} opens, in Python, C++ and Java alike: a zip of
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
    /** Where our class lies when a module brings classes of its own. */
    private static final String APART = "__torch__.io_freshet";

    private final String source;
    private final Map<String, float[]> vectors = new LinkedHashMap<>();
    private final Map<String, String> extra = new LinkedHashMap<>();
    private Optional<Part> module = Optional.empty();

    /** A scripted module and what its archive holds besides the pickled module itself. */
    private record Part(ScriptedModule scripted, Map<String, byte[]> files) {}

    /** An archive of a module of class {@code Ranker}. */
    public ScriptArchive(String source) {
        this.source = source;
    }

    /** Adds an attribute of the module, a vector that is no parameter. */
    public ScriptArchive vector(String attribute, float[] values) {
        vectors.put(attribute, values);
        return this;
    }

    /** Adds the attribute {@code module}, with the weights that its file holds. */
    public ScriptArchive module(ScriptedModule scripted) {
        module = Optional.of(new Part(scripted, scripted.files()));
        return this;
    }

    /**
     * Adds the attribute {@code module} with other weights.
     *
     * @param dense begins with the module's trainable parameters, in their order
     */
    public ScriptArchive module(ScriptedModule scripted, float[] dense) {
        module = Optional.of(new Part(scripted, scripted.files(dense)));
        return this;
    }

    /** Adds a file, as {@code _extra_files} of {@code torch.jit.load} finds it. */
    public ScriptArchive extra(String file, String content) {
        extra.put(file, content);
        return this;
    }

    /** Writes the archive, and closes the stream. */
    public void writeTo(OutputStream out) throws IOException {
        try (ArchiveZip zip = new ArchiveZip(out, NAME)) {
            ModulePickle pickle = new ModulePickle(module.isPresent() ? APART : "__torch__", "Ranker");
            int key = 0;
            for (Map.Entry<String, float[]> vector : vectors.entrySet()) {
                String storage = module.isPresent() ? "ranker_" + key++ : "" + key++; // A module has its own 0, 1, 2.
                pickle.vector(vector.getKey(), storage, vector.getValue().length);
                zip.floats("data/" + storage, vector.getValue());
            }
            for (Map.Entry<String, String> file : extra.entrySet()) {
                zip.entry("extra/" + file.getKey(), utf8(file.getValue()));
            }
            if (module.isPresent()) {
                pickle.object(ModuleCode.ATTRIBUTE, module.get().scripted().pickledObject());
                zip.entry("code/" + APART.replace('.', '/') + ".py", utf8(apart()));
                for (Map.Entry<String, byte[]> file : module.get().files().entrySet()) {
                    zip.entry(file.getKey(), file.getValue());
                }
            } else {
                zip.entry("code/__torch__.py", utf8(source));
                zip.entry("constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
                zip.entry("version", utf8(FORMAT));
                zip.entry("byteorder", utf8("little"));
            }
            zip.entry("data.pkl", pickle.toBytes());
        }
    }

    /** The source with its class in a file of its own, where it meets no class of the module. */
    private String apart() {
        String moduleType = ModuleCode.ATTRIBUTE + " : ";
        return source.lines()
                .map(line -> line.strip().startsWith(moduleType)
                        ? line
                        : line.replace("self: __torch__.Ranker", "self: " + APART + ".Ranker"))
                .collect(Collectors.joining("\n", "", "\n"));
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

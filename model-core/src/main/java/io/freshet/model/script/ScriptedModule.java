package io.freshet.model.script;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A PyTorch module that somebody scripted in Python and saved by {@code torch.jit.save}, read without an engine: its class,
 * its trainable parameters with the values they start from, and its files.
 *
 * <pre>
 *   def forward(self, features: Dict[str, Tensor]) -> Tensor      [B, tasks] logits
 * </pre>
 *
 * <p>Trainable are the parameters that require a gradient; frozen ones and buffers stay as they are in the file. Immutable.
 */
public final class ScriptedModule {
    private static final String PICKLE = "data.pkl";
    private static final String STORAGES = "data/";

    private static final String HOW = "Write it by torch.jit.save(torch.jit.script(module), \"%s\").";

    private final Map<String, byte[]> entries;
    private final String className;
    private final List<ModuleWeight> weights;
    private final String hash;

    private ScriptedModule(Path file) throws IOException {
        hash = sha256(Files.readAllBytes(file));
        entries = entries(file);
        Object root = PickleReader.read(entry(PICKLE));
        if (!(root instanceof PickleReader.Instance top)) {
            throw new IllegalArgumentException("it holds no module.");
        }
        className = top.type.path();
        ModuleSource source = new ModuleSource(entries);
        source.checkForward(top.type);
        weights = new ModuleWeights(source, storage -> entry(STORAGES + storage).length).of(top);
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is no such module, one that cannot be trained
     *     here, or cannot be read; the message says why
     */
    public static ScriptedModule read(Path file) {
        try {
            return new ScriptedModule(file);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "The scripted module %s cannot be used: %s".formatted(file, wrong.getMessage()), wrong);
        } catch (ClassCastException | NullPointerException | IndexOutOfBoundsException | ArithmeticException damaged) {
            throw new IllegalArgumentException(
                    "The scripted module %s cannot be used: it is damaged (%s).".formatted(file, damaged), damaged);
        } catch (IOException e) {
            String why = Files.exists(file) ? "it cannot be read (" + e.getMessage() + ")" : "there is no such file";
            throw new IllegalArgumentException("The scripted module %s cannot be used: %s.".formatted(file, why), e);
        }
    }

    /** The class, as its archive's code names it. */
    String className() {
        return className;
    }

    /** The trainable parameters, in the order of {@code named_parameters()} in Python. */
    public List<ModuleWeight> weights() {
        return weights;
    }

    /** The value that a parameter has in the file, row-major. */
    public float[] values(ModuleWeight weight) {
        float[] values = new float[weight.size()];
        ByteBuffer.wrap(entry(STORAGES + weight.storage()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(weight.offset(), values);
        return values;
    }

    /** Its parameters, one a line, for people. */
    public String describe() {
        return weights.stream()
                .map(ModuleWeight::toString)
                .collect(Collectors.joining(
                        "\n  ",
                        "scripted module " + className + ", SHA-256 " + hash + "; trained are\n  ",
                        "\nIts FLOPs are not known from outside."));
    }

    /** SHA-256 of the file: another file is another model. */
    public String hash() {
        return hash;
    }

    /** The pickled module, without what begins and ends a pickle. */
    byte[] pickledObject() {
        byte[] pickle = entry(PICKLE);
        return Arrays.copyOfRange(pickle, 2, pickle.length - 1); // Protocol, and stop.
    }

    /**
     * The archive's files, but for the pickle, with other weights in place of the ones that they hold.
     *
     * @param dense begins with the trainable parameters, in their order
     */
    Map<String, byte[]> files(float[] dense) {
        Map<String, byte[]> files = new LinkedHashMap<>(entries);
        files.remove(PICKLE);
        int at = 0;
        for (ModuleWeight weight : weights) {
            byte[] storage = files.compute(STORAGES + weight.storage(), (name, bytes) -> bytes.clone());
            ByteBuffer.wrap(storage)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .put(weight.offset(), dense, at, weight.size());
            at += weight.size();
        }
        return files;
    }

    /** The archive's files, but for the pickle, as they were saved. */
    Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>(entries);
        files.remove(PICKLE);
        return files;
    }

    private byte[] entry(String name) {
        byte[] bytes = entries.get(name);
        if (bytes == null) {
            throw new IllegalArgumentException("it has no entry %s: it is damaged.".formatted(name));
        }
        return bytes;
    }

    /** By name, without the archive's own folder. */
    private static Map<String, byte[]> entries(Path file) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                try (InputStream content = zip.getInputStream(entry)) {
                    entries.put(name.substring(name.indexOf('/') + 1), content.readAllBytes());
                }
            }
        } catch (ZipException notZip) {
            throw new IllegalArgumentException("it is no TorchScript archive (%s). %s"
                    .formatted(notZip.getMessage(), HOW.formatted(file.getFileName())));
        }
        if (!entries.containsKey(PICKLE) || entries.keySet().stream().noneMatch(name -> name.startsWith("code/"))) {
            throw new IllegalArgumentException("it is no TorchScript archive. " + HOW.formatted(file.getFileName()));
        }
        byte[] order = entries.getOrDefault("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        if (!new String(order, StandardCharsets.US_ASCII).strip().equals("little")) {
            throw new IllegalArgumentException("it was saved on a big-endian machine. Save it on another one.");
        }
        return entries;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}

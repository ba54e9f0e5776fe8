package io.freshet.model.file;

import io.freshet.model.program.Parameter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The dense vector of a ranker as a safetensors file: a tensor for each parameter, under its name and in its shape, the
 * prior included. {@code safetensors.torch.load_file} gives the same names in Python, and what
 * {@code safetensors.torch.save_file} writes under these names can be read here.
 */
public final class DenseFile {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int NAMES_SHOWN = 5;

    private DenseFile() {}

    /**
     * What a file held.
     *
     * @param dense the flat vector
     * @param metadata what the writer said about it; see {@link DenseMetadata}
     */
    public record Loaded(float[] dense, Map<String, String> metadata) {}

    /**
     * Writes a file; one that is there already is replaced once the new one is whole.
     *
     * @param parameters slices of {@code dense}, without gaps
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, List<Parameter> parameters, float[] dense, Map<String, String> metadata) {
        List<SafetensorsHeader.Entry> entries = new ArrayList<>();
        for (Parameter parameter : parameters) {
            long from = (long) Float.BYTES * parameter.offset();
            entries.add(new SafetensorsHeader.Entry(
                    parameter.name(),
                    ElementType.F32,
                    parameter.shape().sizes(),
                    from,
                    from + (long) Float.BYTES * parameter.size()));
        }
        byte[] header = new SafetensorsHeader(entries, metadata).toBytes();
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            try (FileChannel out = FileChannel.open(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer length = little(Long.BYTES).putLong(header.length).flip();
                writeAll(out, length);
                writeAll(out, ByteBuffer.wrap(header));
                writeNumbers(out, dense);
            }
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    /**
     * Reads a file.
     *
     * @param parameters of the ranker that the weights are for: the file must hold each of them, in its shape, and nothing
     *     else
     * @throws WeightFileException if it is not there, is damaged, is of another ranker, or holds a number that is not finite
     * @throws UncheckedIOException if it cannot be read
     */
    public static Loaded read(Path file, List<Parameter> parameters) {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = in.size();
            SafetensorsHeader header = header(file.toString(), in, size);
            Map<String, SafetensorsHeader.Entry> tensors = new LinkedHashMap<>();
            header.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
            checkNames(file, tensors, parameters);
            long dataAt = size
                    - header.tensors().stream()
                            .mapToLong(SafetensorsHeader.Entry::to)
                            .max()
                            .orElse(0);
            float[] dense =
                    new float[parameters.stream().mapToInt(Parameter::size).sum()];
            for (Parameter parameter : parameters) {
                SafetensorsHeader.Entry tensor = tensors.get(parameter.name());
                checkShape(file, tensor, parameter);
                in.position(dataAt + tensor.from());
                readNumbers(in, tensor, dense, parameter.offset());
                checkFinite(file, parameter, dense);
            }
            return new Loaded(dense, header.metadata());
        } catch (NoSuchFileException e) {
            throw new WeightFileException(file.toString(), "there is no such file on this machine.");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read weights from " + file, e);
        }
    }

    private static SafetensorsHeader header(String file, FileChannel in, long size) throws IOException {
        ByteBuffer length = little(Long.BYTES);
        long headerBytes = size < Long.BYTES ? -1 : readAll(in, length).getLong();
        if (headerBytes < 0 || headerBytes > SafetensorsHeader.BYTES_MAX || headerBytes > size - Long.BYTES) {
            throw new WeightFileException(
                    file,
                    "it has %d bytes, and its first 8 say that the header has %d: no safetensors file, or truncated."
                            .formatted(size, headerBytes));
        }
        ByteBuffer json = readAll(in, little((int) headerBytes));
        return SafetensorsHeader.parse(file, json.array(), size - Long.BYTES - headerBytes);
    }

    private static void checkNames(
            Path file, Map<String, SafetensorsHeader.Entry> tensors, List<Parameter> parameters) {
        Set<String> wanted =
                parameters.stream().map(Parameter::name).collect(Collectors.toCollection(LinkedHashSet::new));
        List<String> missing =
                wanted.stream().filter(name -> !tensors.containsKey(name)).toList();
        List<String> unknown =
                tensors.keySet().stream().filter(name -> !wanted.contains(name)).toList();
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new WeightFileException(
                    file.toString(),
                    "its tensors are not the ranker's parameters. Missing: %s. Unknown: %s."
                            .formatted(shown(missing), shown(unknown)));
        }
    }

    private static String shown(List<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        String first = names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
        return names.size() > NAMES_SHOWN ? first + " and " + (names.size() - NAMES_SHOWN) + " more" : first;
    }

    private static void checkShape(Path file, SafetensorsHeader.Entry tensor, Parameter parameter) {
        if (!Arrays.equals(tensor.shape(), parameter.shape().sizes())) {
            throw new WeightFileException(
                    file.toString(),
                    ("tensor '%s' is of shape %s, but the pipeline's ranker needs %s: it is of another ranker, or of a build"
                                    + " that laid weights out otherwise.")
                            .formatted(tensor.name(), Arrays.toString(tensor.shape()), parameter.shape()));
        }
    }

    private static void checkFinite(Path file, Parameter parameter, float[] dense) {
        for (int i = 0; i < parameter.size(); i++) {
            float value = dense[parameter.offset() + i];
            if (!Float.isFinite(value)) {
                throw new WeightFileException(
                        file.toString(),
                        "number %d of tensor '%s' is %s; weights must be finite."
                                .formatted(i, parameter.name(), value));
            }
        }
    }

    private static void readNumbers(FileChannel in, SafetensorsHeader.Entry tensor, float[] dense, int offset)
            throws IOException {
        ByteBuffer block = little(BLOCK_BYTES);
        int next = offset;
        long left = tensor.to() - tensor.from();
        while (left > 0) {
            block.clear().limit((int) Math.min(left, BLOCK_BYTES));
            readAll(in, block);
            left -= block.remaining();
            while (block.hasRemaining()) {
                dense[next++] = tensor.type().read(block);
            }
        }
    }

    private static void writeNumbers(FileChannel out, float[] dense) throws IOException {
        ByteBuffer block = little(BLOCK_BYTES);
        int floats = BLOCK_BYTES / Float.BYTES;
        for (int from = 0; from < dense.length; from += floats) {
            int count = Math.min(floats, dense.length - from);
            block.clear().limit(count * Float.BYTES);
            block.asFloatBuffer().put(dense, from, count);
            writeAll(out, block);
        }
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer readAll(FileChannel in, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (in.read(into) < 0) {
                throw new IOException("The file became shorter while it was read.");
            }
        }
        return into.flip();
    }

    private static void writeAll(FileChannel out, ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            out.write(from);
        }
    }
}

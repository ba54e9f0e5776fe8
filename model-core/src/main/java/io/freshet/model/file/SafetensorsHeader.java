package io.freshet.model.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file, checked as the format's own library checks it: tensors lie one after another, without
 * gap or overlap, from the first to the last byte after the header.
 *
 * @param tensors in the order of their numbers in the file
 */
record SafetensorsHeader(List<Entry> tensors, Map<String, String> metadata) {
    /** The format's own limit on its header, in bytes. */
    static final int BYTES_MAX = 100_000_000;

    private static final String METADATA = "__metadata__";
    private static final int ALIGNMENT = 8;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * One tensor.
     *
     * @param from its first byte, counted from the end of the header
     * @param to the byte after its last one
     */
    record Entry(String name, ElementType type, long[] shape, long from, long to) {}

    /** The header as JSON, padded with spaces so that numbers after it are aligned. */
    byte[] toBytes() {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode texts = root.putObject(METADATA);
        metadata.forEach(texts::put);
        for (Entry tensor : tensors) {
            ObjectNode entry =
                    root.putObject(tensor.name()).put("dtype", tensor.type().name());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(tensor.shape()).forEach(shape::add);
            entry.putArray("data_offsets").add(tensor.from()).add(tensor.to());
        }
        try {
            byte[] json = JSON.writeValueAsBytes(root);
            byte[] padded = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
            Arrays.fill(padded, json.length, padded.length, (byte) ' ');
            return padded;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of texts and numbers is always JSON.", e);
        }
    }

    /**
     * Reads a header.
     *
     * @param dataBytes how many bytes follow it in the file
     * @throws WeightFileException if it is damaged, or holds numbers of another type than F32, F16 and BF16
     */
    static SafetensorsHeader parse(String file, byte[] json, long dataBytes) {
        JsonNode root = tree(file, json);
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> tensors = new ArrayList<>();
        root.properties().forEach(field -> {
            if (field.getKey().equals(METADATA)) {
                texts(file, field.getValue(), metadata);
            } else {
                tensors.add(new Reader(file, field.getKey(), field.getValue()).entry());
            }
        });
        tensors.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
        checkPlaces(file, tensors, dataBytes);
        return new SafetensorsHeader(List.copyOf(tensors), metadata);
    }

    private static JsonNode tree(String file, byte[] json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (IOException e) {
            String why = e instanceof JsonProcessingException wrong ? wrong.getOriginalMessage() : e.getMessage();
            throw new WeightFileException(
                    file, "its header is not JSON (" + why + "): no safetensors file, or damaged.");
        }
        if (!root.isObject()) {
            throw new WeightFileException(file, "its header is no JSON object: no safetensors file, or damaged.");
        }
        return root;
    }

    private static void texts(String file, JsonNode node, Map<String, String> into) {
        if (!node.isObject() || node.valueStream().anyMatch(value -> !value.isTextual())) {
            throw new WeightFileException(file, METADATA + " must map texts to texts, but is " + shown(node) + ".");
        }
        node.properties()
                .forEach(field -> into.put(field.getKey(), field.getValue().asText()));
    }

    private static void checkPlaces(String file, List<Entry> tensors, long dataBytes) {
        long at = 0;
        String before = "the header";
        for (Entry tensor : tensors) {
            if (tensor.from() != at) {
                throw new WeightFileException(
                        file,
                        "tensor '%s' begins at byte %d, but %s ends at byte %d: the file has %s."
                                .formatted(
                                        tensor.name(),
                                        tensor.from(),
                                        before,
                                        at,
                                        tensor.from() < at ? "tensors that overlap" : "a gap"));
            }
            at = tensor.to();
            before = "tensor '" + tensor.name() + "'";
        }
        if (at != dataBytes) {
            throw new WeightFileException(
                    file,
                    "its tensors take %d bytes, but %d follow the header: the file is %s."
                            .formatted(at, dataBytes, at > dataBytes ? "truncated" : "longer than it says"));
        }
    }

    private static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    /** Reads what the header says of one tensor. */
    private record Reader(String file, String name, JsonNode node) {
        Entry entry() {
            String type = node.path("dtype").asText("");
            ElementType known = ElementType.of(type)
                    .orElseThrow(() -> problem("dtype", "F32 (or F16 or BF16, which are converted)"));
            long[] shape = numbers("shape");
            long[] offsets = numbers("data_offsets");
            if (offsets.length != 2 || offsets[0] > offsets[1]) {
                throw problem("data_offsets", "[first byte, byte after the last]");
            }
            if (node.size() != 3) {
                throw new WeightFileException(
                        file, "tensor '" + name + "' needs dtype, shape and data_offsets only, but is " + shown(node));
            }
            long bytes;
            try {
                bytes = Arrays.stream(shape).reduce(known.bytes(), Math::multiplyExact);
            } catch (ArithmeticException tooLarge) {
                throw problem("shape", "of fewer than 2^63 bytes");
            }
            if (bytes != offsets[1] - offsets[0]) {
                throw problem("data_offsets", "%d bytes apart, as shape and dtype say".formatted(bytes));
            }
            return new Entry(name, known, shape, offsets[0], offsets[1]);
        }

        private long[] numbers(String key) {
            JsonNode list = node.path(key);
            boolean fits = list.isArray()
                    && list.valueStream()
                            .allMatch(each -> each.isIntegralNumber() && each.canConvertToLong() && each.asLong() >= 0);
            if (!fits) {
                throw problem(key, "a list of whole numbers from 0 on");
            }
            return list.valueStream().mapToLong(JsonNode::asLong).toArray();
        }

        private WeightFileException problem(String key, String expected) {
            return new WeightFileException(
                    file,
                    "%s of tensor '%s' must be %s, but is %s.".formatted(key, name, expected, shown(node.path(key))));
        }
    }
}

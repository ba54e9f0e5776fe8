package io.freshet.model.script;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Finds the trainable parameters of a pickled module, and refuses what could not be trained faithfully. */
final class ModuleWeights {
    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    /** Buffers that a layer changes while it trains; servers, which are sent parameters only, would never see that. */
    private static final Set<String> CHANGING = Set.of("running_mean", "running_var", "num_batches_tracked");

    private final ModuleSource source;
    private final ToIntFunction<String> storageBytes;
    private final List<ModuleWeight> found = new ArrayList<>();
    private final Set<PickleReader.Instance> visited = new HashSet<>();

    /** @param storageBytes size of a storage, by its name */
    ModuleWeights(ModuleSource source, ToIntFunction<String> storageBytes) {
        this.source = source;
        this.storageBytes = storageBytes;
    }

    /** @throws IllegalArgumentException saying what cannot be trained */
    List<ModuleWeight> of(PickleReader.Instance module) {
        visit(module, List.of());
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "it has no trainable parameter: all are frozen, or torch.jit.freeze has made"
                            + " constants of them. Save it as it is scripted.");
        }
        for (int i = 0; i < found.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (found.get(i).overlaps(found.get(j))) {
                    throw new IllegalArgumentException("parameters %s and %s share memory (tied weights), which is not"
                                    .formatted(found.get(j).name(), found.get(i).name())
                            + " supported. Let one module hold the weight and use it twice.");
                }
            }
        }
        return List.copyOf(found);
    }

    private void visit(PickleReader.Instance module, List<String> path) {
        if (!visited.add(module)) {
            throw new IllegalArgumentException(
                    "%s is a module that is there under another name, too, which is not supported."
                                    .formatted(String.join(".", path))
                            + " Let one attribute hold it and use it twice.");
        }
        if (!(module.state instanceof Map<?, ?> attributes)) {
            return;
        }
        Set<String> parameters = new HashSet<>(source.names(module.type, "__parameters__"));
        for (String buffer : source.names(module.type, "__buffers__")) {
            if (CHANGING.contains(buffer)) {
                throw new IllegalArgumentException(
                        ("%s changes its buffer %s in training (batch norm does), and buffers are"
                                        + " not published. Use a norm without running statistics, such as LayerNorm.")
                                .formatted(path.isEmpty() ? "the module" : String.join(".", path), buffer));
            }
        }
        attributes.forEach((name, value) -> {
            List<String> below = new ArrayList<>(path);
            below.add((String) name);
            if (value instanceof PickleReader.Instance child) {
                visit(child, below);
            } else if (parameters.contains(name) && value instanceof PickleReader.Call tensor) {
                add(tensor, List.copyOf(below));
            }
        });
    }

    private void add(PickleReader.Call tensor, List<String> path) {
        String name = String.join(".", path);
        if (!tensor.function().path().equals(TENSOR)) {
            throw new IllegalArgumentException("parameter %s is of a kind that cannot be trained (%s)."
                    .formatted(name, tensor.function().path()));
        }
        List<?> arguments = tensor.arguments();
        if (!Boolean.TRUE.equals(arguments.get(4))) {
            return; // Frozen.
        }
        List<?> storage = ((PickleReader.External) arguments.get(0)).id();
        String type = ((PickleReader.Global) storage.get(1)).name();
        if (!type.equals("FloatStorage")) {
            throw new IllegalArgumentException(
                    "parameter %s is in a %s, but must be float32. Call .float() before scripting."
                            .formatted(name, type));
        }
        int[] shape = ints(arguments.get(2));
        if (!ModuleWeight.isContiguous(shape, ints(arguments.get(3)))) {
            throw new IllegalArgumentException(
                    "parameter %s is empty or does not lie in one piece. Make it contiguous() before scripting."
                            .formatted(name));
        }
        List<Integer> sizes = Arrays.stream(shape).boxed().toList();
        String key = (String) storage.get(2);
        ModuleWeight weight = new ModuleWeight(path, sizes, key, Math.toIntExact((Long) arguments.get(1)));
        if (weight.offset() < 0
                || weight.offset() + (long) weight.size() > storageBytes.applyAsInt(key) / Float.BYTES) {
            throw new IllegalArgumentException(
                    "parameter %s lies outside of its storage: the file is damaged.".formatted(name));
        }
        found.add(weight);
    }

    private static int[] ints(Object list) {
        return ((List<?>) list)
                .stream().mapToInt(each -> Math.toIntExact((Long) each)).toArray();
    }
}

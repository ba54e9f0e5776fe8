package io.freshet.model.script;

import io.freshet.model.program.ModuleCall;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Lines that run a scripted module, and that differentiate it: the one place where autograd works, since nothing is known
 * of the module's inside. Around the call gradients are switched on; what the module is given are leaves, and its result is
 * detached from them for whoever comes after.
 */
final class ModuleLines {
    private static final String HELPERS = "module";

    private final ScriptLines out;

    ModuleLines(ScriptLines out) {
        this.out = out;
    }

    /** The module scores, and takes over the given weights first unless they are its own. */
    List<String> score(ModuleCall call, List<String> in) {
        for (int i = 0; i < call.weights().size(); i++) {
            String own = ModuleCode.parameter(call.weights().get(i));
            String given = in.get(call.features().size() + i);
            if (!own.equals(given)) {
                out.let("torch.copy_(torch.detach(" + own + "), " + given + ")");
            }
        }
        String logits = checked(call, in.get(0), run(call, in));
        List<String> results = new ArrayList<>(List.of(logits, logits));
        results.addAll(in);
        return results;
    }

    /** The module takes over the given weights, and the way back from its logits is kept. */
    List<String> train(ModuleCall call, List<String> in) {
        int features = call.features().size();
        List<String> leaves = new ArrayList<>();
        for (String feature : in.subList(0, features)) {
            leaves.add(out.let("torch.requires_grad_(torch.detach(" + feature + "))"));
        }
        for (int i = 0; i < call.weights().size(); i++) {
            String own = ModuleCode.parameter(call.weights().get(i));
            String leaf = out.let("torch.requires_grad_(" + own + ")");
            out.let("torch.copy_(torch.detach(" + leaf + "), " + in.get(features + i) + ")");
            leaves.add(leaf);
        }
        out.lines().add("torch.set_grad_enabled(True)");
        String raw = run(call, leaves);
        out.lines().add("torch.set_grad_enabled(False)");
        String attached = checked(call, in.get(0), raw);
        List<String> results = new ArrayList<>(List.of(out.let("torch.detach(" + attached + ")"), attached));
        results.addAll(leaves);
        return results;
    }

    /** Gradients of the leaves. */
    List<String> gradients(String gradient, String attached, List<String> leaves) {
        String found =
                out.let("torch.autograd.grad([%s], %s, annotate(List[Optional[Tensor]], [%s]), None, False, True)"
                        .formatted(attached, leaves, gradient));
        return IntStream.range(0, leaves.size())
                .mapToObj(i -> out.call(HELPERS, "module_gradient", 1, found + "[" + i + "]", leaves.get(i))
                        .get(0))
                .toList();
    }

    private String run(ModuleCall call, List<String> inputs) {
        String features = IntStream.range(0, call.features().size())
                .mapToObj(i -> ModuleCode.quoted(call.features().get(i)) + ": " + inputs.get(i))
                .collect(Collectors.joining(", "));
        return out.let("(self." + ModuleCode.ATTRIBUTE + ").forward({" + features + "}, )");
    }

    private String checked(ModuleCall call, String feature, String logits) {
        String examples = out.let("torch.size(" + feature + ", 0)");
        return out.call(HELPERS, "module_logits", 1, logits, examples, call.tasks())
                .get(0);
    }
}

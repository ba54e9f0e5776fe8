package io.freshet.model.program;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a program consists of, layer by layer in the order in which they come: shape of what a layer gives, weights, and
 * FLOPs per example.
 *
 * @param layers the layers; what belongs to none is a layer without a name
 */
public record Description(List<Layer> layers) {
    private static final String OUTSIDE = "inputs, logits, losses";
    private static final String TOTAL = "in total, per example";
    private static final String ROWS = "rows.";

    /**
     * A layer.
     *
     * @param name its scopes, joined by dots
     * @param output what its last step gives
     * @param weights how many numbers it learns
     * @param flops of its products; layers inside it count for themselves
     */
    public record Layer(String name, Shape output, long weights, Flops flops) {}

    /** Describes a program; it is differentiated by its weights and rows to see what training costs. */
    public static Description of(Program program) {
        List<String> rows = program.inputs().stream()
                .map(Op.Input::name)
                .filter(name -> name.startsWith(ROWS))
                .toList();
        List<Program.Step> scoring = program.stepsFor(List.of(program.outputs().logits()));
        Map<String, Long> forward = flops(scoring);
        Map<String, Long> training = flops(TrainingProgram.of(program, rows).steps());
        Map<String, Long> weights = new HashMap<>();
        Map<String, Shape> outputs = new LinkedHashMap<>();
        for (Program.Step step : program.steps()) {
            boolean isWeight = step.op() instanceof Op.Weight;
            weights.merge(step.layer(), isWeight ? (long) step.shapes().get(0).elements() : 0, Long::sum);
            outputs.merge(step.layer(), step.shapes().get(0), (before, now) -> isWeight ? before : now);
        }
        return new Description(outputs.entrySet().stream()
                .map(layer -> new Layer(
                        layer.getKey(),
                        layer.getValue(),
                        weights.getOrDefault(layer.getKey(), 0L),
                        new Flops(forward.getOrDefault(layer.getKey(), 0L), training.getOrDefault(layer.getKey(), 0L))))
                .toList());
    }

    /** FLOPs of each layer's steps. A step may read any value given before it. */
    private static Map<String, Long> flops(List<Program.Step> steps) {
        Map<Integer, Shape> values = new HashMap<>();
        Map<String, Long> flops = new HashMap<>();
        for (Program.Step step : steps) {
            List<Shape> in = step.in().stream().map(values::get).toList();
            flops.merge(step.layer(), step.op().flops(in), Long::sum);
            for (int i = 0; i < step.shapes().size(); i++) {
                values.put(step.first() + i, step.shapes().get(i));
            }
        }
        return flops;
    }

    /** How many numbers the program learns. */
    public long weights() {
        return layers.stream().mapToLong(Layer::weights).sum();
    }

    /** FLOPs of the whole program, per example. */
    public Flops flops() {
        return layers.stream().map(Layer::flops).reduce(Flops.NONE, Flops::plus);
    }

    /** A table: a line per layer and one of totals. */
    @Override
    public String toString() {
        int name = longest(TOTAL, Description::shownName);
        int output = longest("gives", layer -> layer.output().toString());
        String form = "%-" + name + "s  %-" + output + "s %15s %17s %18s";
        String heading = form.formatted("layer", "gives", "weights", "FLOPs to score", "FLOPs to train");
        String body = layers.stream()
                .map(layer -> line(form, shownName(layer), layer.output().toString(), layer.weights(), layer.flops()))
                .collect(Collectors.joining("\n"));
        return heading + "\n" + body + "\n" + line(form, TOTAL, "", weights(), flops());
    }

    private int longest(String other, Function<Layer, String> column) {
        int ofLayers =
                layers.stream().map(column).mapToInt(String::length).max().orElse(0);
        return Math.max(ofLayers, other.length());
    }

    private static String shownName(Layer layer) {
        return layer.name().isEmpty() ? OUTSIDE : layer.name();
    }

    private static String line(String form, String name, String output, long weights, Flops flops) {
        return form.formatted(name, output, grouped(weights), grouped(flops.forward()), grouped(flops.training()));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}

package io.freshet.model.ranker;

import io.freshet.contracts.pipeline.FeatureConfig;
import io.freshet.contracts.pipeline.InitialConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineException;
import io.freshet.contracts.pipeline.Problem;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TableConfig;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.model.layer.SparseMoe;
import io.freshet.model.program.Parameter;
import io.freshet.model.program.Program;
import io.freshet.model.program.Shape;
import io.freshet.model.program.Shape.Axis;
import io.freshet.model.script.RankerScript;
import io.freshet.model.script.ScriptedModule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Everything that a pipeline file fixes about its ranker: features, shapes, weights, program. Immutable.
 *
 * <p>The dense weights are one vector of floats: the program's parameters, then one prior per task. The prior is the
 * log-odds of the label so far; it is added to the logit, counted rather than learnt by gradient.
 */
public final class ModelPlan {
    /** Raised when the same pipeline file comes to mean other weights. */
    private static final String MEANING = "freshet-model-2";

    private final FeatureLayout features;
    private final List<TaskConfig> tasks;
    private final RankerConfig ranker;
    private final Optional<ScriptedModule> module;
    private final Program program;
    private final List<Parameter> parameters;
    private final String fingerprint;

    private ModelPlan(Pipeline pipeline) {
        features = FeatureLayout.of(pipeline);
        tasks = pipeline.tasks();
        ranker = pipeline.ranker();
        module = ranker.type() == RankerConfig.Type.SCRIPT
                ? Optional.of(ScriptedModule.read(Path.of(ranker.file())))
                : Optional.empty();
        program = RankerProgram.of(
                features,
                tasks,
                switch (ranker.type()) {
                    case TOKEN_MIXER_LARGE -> new TokenMixerLarge(features, TaskHeads.own(tasks), ranker);
                    case RANK_MIXER -> new RankMixer(TaskHeads.own(tasks), ranker);
                    case DCN_V2 -> new DcnV2(TaskHeads.own(tasks), ranker);
                    case DLRM_MLP -> new DlrmMlp(TaskHeads.own(tasks), ranker);
                    case SCRIPT ->
                        new ScriptedRanker(features, TaskHeads.own(tasks).size(), module.get());
                });
        parameters = new ArrayList<>(program.parameters());
        Shape priorShape = Shape.of(Axis.of("tasks", tasks.size()));
        parameters.add(new Parameter("prior", priorShape, program.size(), new Parameter.Initial.Constant(0)));
        fingerprint = fingerprint(pipeline);
    }

    /**
     * The plan of a pipeline.
     *
     * @throws PipelineException if the ranker's sizes do not fit one another, or its scripted module cannot be used
     */
    public static ModelPlan of(Pipeline pipeline) {
        try {
            return new ModelPlan(pipeline);
        } catch (IllegalArgumentException wrong) {
            throw new PipelineException(List.of(new Problem("", wrong.getMessage())));
        }
    }

    /** Where each feature goes. */
    public FeatureLayout features() {
        return features;
    }

    /** Names of the tasks, in the order of the logits. */
    public List<String> tasks() {
        return tasks.stream().map(TaskConfig::name).toList();
    }

    /** What each task predicts, in the order of the logits. */
    public List<TaskConfig> taskConfigs() {
        return tasks;
    }

    /** Which labels the tasks learn from. */
    public TaskTargets targets() {
        return new TaskTargets(tasks);
    }

    /** What logits [B, tasks] predict: probabilities, and for a regression the value itself. */
    public float[] predictions(float[] logits) {
        float[] predictions = logits.clone();
        for (int i = 0; i < logits.length; i++) {
            if (tasks.get(i % tasks.size()).type() != TaskConfig.Type.REGRESSION) {
                predictions[i] = (float) (1 / (1 + Math.exp(-logits[i])));
            }
        }
        return predictions;
    }

    /** The ranker's sizes. */
    public RankerConfig ranker() {
        return ranker;
    }

    /** What the ranker computes. */
    public Program program() {
        return program;
    }

    /** The program as TorchScript. */
    public RankerScript script() {
        return new RankerScript(program, tasks.size(), module);
    }

    /** The scripted module that the program runs, if it does. */
    public Optional<ScriptedModule> module() {
        return module;
    }

    /** Layers that are mixtures of experts, in the order in which a training step tells of their load. */
    public List<String> expertLayers() {
        return program.watched().stream()
                .flatMap(watched -> SparseMoe.layerOfRows(watched.name()).stream())
                .toList();
    }

    /** Slices of the dense vector, in its order, without gaps; the last one is {@code prior}. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** Length of the dense vector. */
    public int denseSize() {
        return program.size() + tasks.size();
    }

    /** Where the priors begin in the dense vector; what lies before is learnt by gradient. */
    public int priorOffset() {
        return program.size();
    }

    /** The dense vector of an untrained ranker: the same bits for the same seed on every machine. */
    public float[] initialDense(long seed) {
        float[] dense = new float[denseSize()];
        for (Parameter parameter : parameters) {
            fill(dense, parameter, seed);
        }
        return dense;
    }

    private static void fill(float[] dense, Parameter parameter, long seed) {
        int end = parameter.offset() + parameter.size();
        if (parameter.initial() instanceof Parameter.Initial.Constant constant) {
            Arrays.fill(dense, parameter.offset(), end, constant.value());
            return;
        }
        if (parameter.initial() instanceof Parameter.Initial.Given given) {
            System.arraycopy(given.values(), 0, dense, parameter.offset(), parameter.size());
            return;
        }
        SplitMix random = SplitMix.of(seed, parameter.name());
        double range = parameter.initial().range();
        for (int i = parameter.offset(); i < end; i++) {
            dense[i] = (float) (range * random.nextSigned());
        }
    }

    /**
     * Hash of all that shapes the weights or gives them their meaning. State and published versions of another
     * fingerprint belong to another model.
     */
    public String fingerprint() {
        return fingerprint;
    }

    /** For people: what goes in, every layer with its shape, weights and FLOPs per example, and what identifies it. */
    public String describe() {
        String groups =
                features.groups().stream().map(FeatureLayout.Group::name).collect(Collectors.joining(", "));
        String rows = features.tables().stream()
                .map(table -> table.name() + " [" + table.width() + "]")
                .collect(Collectors.joining(", "));
        return """
                %s of the groups %s, for the tasks %s
                rows of the tables %s

                %s

                %s dense weights with the priors; fingerprint %s
                """.formatted(
                        ranker.type(),
                        groups,
                        String.join(", ", tasks()),
                        rows,
                        module.map(ScriptedModule::describe).orElseGet(program::describe),
                        denseSize(),
                        fingerprint);
    }

    /** A uniform table, which was the only kind once, is named by its range alone. */
    private static String meaning(InitialConfig initial) {
        return (initial.type() == InitialConfig.Type.UNIFORM ? "" : initial.type() + " ") + initial.scale();
    }

    /** Initial values count too: a server makes rows that it was never sent from seed and table. */
    private String fingerprint(Pipeline pipeline) {
        List<String> lines = new ArrayList<>(); // No number formats here: they depend on the locale.
        lines.add(MEANING);
        lines.add("seed " + pipeline.training().seed());
        for (TableConfig table : pipeline.tables().values()) {
            lines.add("table " + table.name() + " " + table.dimension() + " " + meaning(table.initial()));
        }
        if (!ranker.wide()) {
            lines.add("rows without bias"); // They have no weight of their own that would tell.
        }
        for (FeatureConfig feature : pipeline.features()) {
            lines.add(feature.toString());
        }
        for (TaskConfig task : pipeline.tasks()) {
            lines.add("task " + task.name() + " " + task.action());
            if (task.type() != TaskConfig.Type.BINARY || task.given() != null) {
                lines.add(task.type() + " " + task.given() + " " + task.of());
            }
        }
        lines.addAll(RankerMeaning.lines(ranker));
        module.ifPresent(scripted -> lines.add("module " + scripted.hash()));
        for (Parameter parameter : parameters) {
            lines.add(parameter.name() + " " + parameter.shape());
        }
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}

package io.freshet.contracts.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How the trainer steps.
 *
 * @param batchSize examples of a full batch
 * @param linger an unfull batch is trained after so long; zero to wait for a full one for ever
 * @param device auto, cpu or cuda:N
 * @param threads intra-op threads of the engine
 * @param optimizer of the dense weights
 * @param schedule of their learning rate
 * @param clipNorm a dense gradient that is longer than this is scaled down to it; 0 for never, which is the default
 *     since a limit of 1 cost AUC here (0.001 to 0.003) and the TokenMixer-Large paper gives none
 * @param seed of every random initial value
 * @param precision of the products of a step
 * @param startFrom path of a safetensors file with the dense weights of a model's very first step; empty for random ones
 */
public record TrainingConfig(
        int batchSize,
        Duration linger,
        String device,
        int threads,
        DenseOptimizerConfig optimizer,
        ScheduleConfig schedule,
        double clipNorm,
        long seed,
        Precision precision,
        String startFrom)
        implements Serializable {
    private static final Pattern DEVICE = Pattern.compile("auto|cpu|cuda:\\d{1,3}");

    /** What holds when the file does not say. */
    public static final TrainingConfig DEFAULTS = new TrainingConfig(
            32, Duration.ofMillis(100), "auto", 1, DenseOptimizerConfig.DEFAULTS, ScheduleConfig.DEFAULTS, 0, 1);

    private static final int BATCH_SIZE_MAX = 65_536;
    private static final int THREADS_MAX = 1024;

    public TrainingConfig {
        new Problems()
                .requireWithin(1, BATCH_SIZE_MAX, "batch-size", batchSize)
                .requireAtLeast(Duration.ZERO, "linger", linger)
                .require(DEVICE.matcher(device).matches(), "device", "auto, cpu or cuda:N", device)
                .requireWithin(1, THREADS_MAX, "threads", threads)
                .requireNotNegative("clip-norm", clipNorm)
                .require(
                        precision == Precision.FLOAT32 || device.startsWith("cuda"),
                        "precision",
                        "float32 unless device names a GPU, such as cuda:0, whose kernels bf16 needs",
                        ValueType.word(precision))
                .throwIfAny();
    }

    /** How a step multiplies. Weights, optimizer, norms and loss are float32 in any case. */
    public enum Precision {
        /** In 32 bits, on every device. */
        FLOAT32,
        /** Of factors rounded to 16 bits, bfloat16, summed up in 32: for the tensor cores of a GPU. */
        BF16
    }

    /** Starts from random weights. */
    public TrainingConfig(
            int batchSize,
            Duration linger,
            String device,
            int threads,
            DenseOptimizerConfig optimizer,
            ScheduleConfig schedule,
            double clipNorm,
            long seed) {
        this(batchSize, linger, device, threads, optimizer, schedule, clipNorm, seed, Precision.FLOAT32, "");
    }

    /** The same with another optimizer. */
    public TrainingConfig with(DenseOptimizerConfig other) {
        return new TrainingConfig(
                batchSize, linger, device, threads, other, schedule, clipNorm, seed, precision, startFrom);
    }

    /** The same with products of another precision. */
    public TrainingConfig with(Precision other) {
        return new TrainingConfig(
                batchSize, linger, device, threads, optimizer, schedule, clipNorm, seed, other, startFrom);
    }

    /** The same, but starting from a file. */
    public TrainingConfig startingFrom(String file) {
        return new TrainingConfig(
                batchSize, linger, device, threads, optimizer, schedule, clipNorm, seed, precision, file);
    }
}

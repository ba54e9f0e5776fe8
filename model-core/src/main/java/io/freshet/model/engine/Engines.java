package io.freshet.model.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Sets the PyTorch engine up, once per process: never downloads, one inter-op thread, plain graph execution.
 *
 * <p>Properties that the user has set win. Natives come from the jars on the class path, and are unpacked to
 * {@code ~/.djl.ai} or where {@code DJL_CACHE_DIR} says.
 */
public final class Engines {
    private static final String NAME = "PyTorch";

    private Engines() {}

    /** Loads the engine. */
    public static Engine engine() {
        return Loaded.ENGINE;
    }

    /** How many threads one operation may use; for the whole process, and for all its later operations. */
    public static void useThreads(int threads) {
        engine();
        JniUtils.setNumThreads(threads);
    }

    /**
     * Prepares the calling thread to run scripts.
     *
     * <p>Without the graph optimizer: it compiles a script anew for shapes it has not seen, which takes seconds, and
     * batch sizes vary.
     *
     * @param gradients whether operations are recorded so that they can be differentiated
     */
    public static void prepareThread(boolean gradients) {
        engine();
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setGradMode(gradients);
    }

    /**
     * The device of a name.
     *
     * @param name {@code auto} (a GPU if there is one), {@code cpu} or {@code cuda:N}
     * @throws IllegalArgumentException for another name, or a GPU that is not there
     */
    public static Device device(String name) {
        int gpus = engine().getGpuCount();
        if (name.equals("cpu") || (name.equals("auto") && gpus == 0)) {
            return Device.cpu();
        }
        if (name.equals("auto")) {
            return Device.gpu(0);
        }
        if (!name.matches("cuda:\\d{1,3}")) {
            throw new IllegalArgumentException(
                    "training.device is '%s', but must be auto, cpu or cuda:N, such as cuda:0.".formatted(name));
        }
        int number = Integer.parseInt(name.substring("cuda:".length()));
        if (number >= gpus) {
            throw new IllegalArgumentException(
                    ("training.device is '%s', but the engine sees %d GPUs. Use auto or cpu, or install PyTorch %s with"
                                    + " CUDA and point PYTORCH_LIBRARY_PATH at it.")
                            .formatted(name, gpus, engine().getVersion()));
        }
        return Device.gpu(number);
    }

    /** A manager of arrays on a device; the owner closes it. */
    public static NDManager newManager(Device device) {
        return NDManager.newBaseManager(device, engine().getEngineName());
    }

    private static final class Loaded {
        static final Engine ENGINE = load();

        private static Engine load() {
            setDefault("ai.djl.offline", "true");
            setDefault("OPT_OUT_TRACKING", "true");
            setDefault("ai.djl.pytorch.num_interop_threads", "1");
            setDefault("ai.djl.pytorch.graph_optimizer", "false");
            return Engine.getEngine(NAME);
        }

        private static void setDefault(String property, String value) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, value);
            }
        }
    }
}

package io.freshet.model.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A loaded TorchScript archive. Thread-safe; {@link Engines#prepareThread} comes first on every thread. */
public final class ScriptModule implements AutoCloseable {
    private final NDManager manager;
    private final PtSymbolBlock module;

    /** Loads an archive. */
    public ScriptModule(byte[] archive, Device device) {
        manager = Engines.newManager(device);
        try {
            module = JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
            JniUtils.enableInferenceMode(module); // No dropout, not even in training: the same bits after a restore.
        } catch (IOException e) {
            throw new UncheckedIOException("Reading from memory failed.", e);
        }
    }

    /**
     * Runs a method. An argument whose name ends in {@code []} arrives as a list; names with a dot mean other things to
     * the engine, and must not be used. Results belong to {@code call}.
     *
     * @param gradients whether the method takes gradients
     */
    public NDList run(String method, NDList arguments, boolean gradients, NDManager call) {
        NDArray name = call.create(0f); // The engine reads the method off an array's name; it is no argument itself.
        name.setName("module_method:" + method);
        return IValueUtils.forward(module, new NDList(name).addAll(arguments), gradients);
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}

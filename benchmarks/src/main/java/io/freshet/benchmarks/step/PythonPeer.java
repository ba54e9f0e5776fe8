package io.freshet.benchmarks.step;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The same model in Python, in a process of its own that waits until it is told to run one step: so its steps and ours
 * can take turns. It says {@code READY loss}, then answers each {@code eager} or {@code compiled} with milliseconds.
 *
 * <p>Its environment is ours, the settings of the allocator included.
 */
final class PythonPeer implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter orders;
    private final double loss;

    /**
     * Starts it.
     *
     * @param python the interpreter, which has the packages of {@code benchmarks/peer/requirements.txt}
     * @param folder with {@link PeerFiles}
     */
    PythonPeer(String python, Path script, Path folder) {
        if (!Files.isRegularFile(script)) {
            throw new IllegalArgumentException("There is no peer script " + script.toAbsolutePath()
                    + ": run from the project's folder, or name the script with --peer-script.");
        }
        try {
            process = new ProcessBuilder(List.of(python, script.toString(), folder.toString()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot start '%s'. Name a Python with the packages of benchmarks/peer/requirements.txt by --python."
                            .formatted(python),
                    e);
        }
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        String ready = answer();
        if (!ready.startsWith("READY ")) {
            throw new IllegalStateException("The peer should have said READY, but said: " + ready);
        }
        loss = Double.parseDouble(ready.substring("READY ".length()));
    }

    /** The peer's loss on the batch with the initial weights. */
    double loss() {
        return loss;
    }

    /** One training step; how many milliseconds it took by the peer's own clock. */
    double runMs(String kind) {
        orders.println(kind);
        return Double.parseDouble(answer());
    }

    private String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("The peer ended; what it said about that is above.");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read what the peer says", e);
        }
    }

    @Override
    public void close() {
        orders.close();
        process.destroy();
    }
}

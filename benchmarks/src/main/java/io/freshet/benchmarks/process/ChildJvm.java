package io.freshet.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM with our class path that runs one main class, says lines and is told lines. It does not outlive this one, as
 * long as it calls {@link #endWithParent}.
 */
public final class ChildJvm implements AutoCloseable {
    private final String name;
    private final Process process;
    private final BufferedReader said;
    private final PrintWriter told;

    /**
     * Starts it.
     *
     * @param options of the JVM, such as {@code -Xmx64m}
     * @param arguments of the main class
     */
    public ChildJvm(Class<?> main, List<String> options, List<String> arguments) {
        name = main.getSimpleName();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command, e);
        }
        said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        told = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /** To be called by the child's main: ends the child when the parent is gone. */
    public static void endWithParent() {
        ProcessHandle.current()
                .parent()
                .ifPresent(parent ->
                        parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
    }

    /** The next line that the child says, waiting for it; null when the child has ended. */
    public String line() {
        try {
            return said.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read what " + name + " says", e);
        }
    }

    /** Says a line to the child. */
    public void tell(String line) {
        told.println(line);
    }

    /** Ends the child at once, without a word to it ({@code kill -9}), and waits until it is gone. */
    public void kill() {
        // By its handle, as the process itself would close what the child has said and nobody has read yet.
        process.toHandle().destroyForcibly();
        exitCode();
    }

    /** Waits until the child has ended. */
    public int exitCode() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + name, e);
        }
    }

    /** Whether the child runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        kill();
        process.destroyForcibly();
    }
}

package io.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs a command, and gives the last line that it prints. */
public final class LastLine {
    private LastLine() {}

    /** The line of a command that must succeed. */
    public static String of(Object command, String... options) {
        StringWriter said = new StringWriter();
        int code = new CommandLine(command).setOut(new PrintWriter(said)).execute(options);
        assertThat(code).isZero();
        String[] lines = said.toString().strip().split("\n");
        return lines[lines.length - 1];
    }
}

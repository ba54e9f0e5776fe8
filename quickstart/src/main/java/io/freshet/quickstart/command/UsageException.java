package io.freshet.quickstart.command;

import java.util.List;

/** A command cannot run as it was given. The message has one line for each problem. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }

    static void throwIfAny(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
    }
}

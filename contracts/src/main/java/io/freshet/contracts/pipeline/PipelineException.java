package io.freshet.contracts.pipeline;

import java.util.List;
import java.util.stream.Collectors;

/** A pipeline that cannot be run. The message lists every problem, one per line. */
public final class PipelineException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final List<Problem> problems;

    /** Of a pipeline that did not come from a named place. */
    public PipelineException(List<Problem> problems) {
        this("The pipeline", problems);
    }

    /** @param source what has the problems, such as a file's name; begins the message */
    public PipelineException(String source, List<Problem> problems) {
        super(message(source, problems));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong, in the order of the file's sections. */
    public List<Problem> problems() {
        return problems;
    }

    private static String message(String source, List<Problem> problems) {
        String count = problems.size() == 1 ? "a problem" : problems.size() + " problems";
        return problems.stream()
                .map(Problem::toString)
                .collect(Collectors.joining("\n  ", source + " has " + count + ":\n  ", ""));
    }
}

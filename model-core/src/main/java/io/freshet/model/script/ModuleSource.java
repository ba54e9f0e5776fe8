package io.freshet.model.script;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The classes in a TorchScript archive's code: which attributes are parameters, which are buffers, what forward takes. */
final class ModuleSource {
    private static final Pattern FORWARD = Pattern.compile(
            "\\(self: [\\w.]+,\\s*\\w+: Dict\\[str, Tensor\\](,\\s*\\w+: [^()]*=[^()]*)*\\) -> Tensor:",
            Pattern.DOTALL);

    private final Map<String, byte[]> entries;

    ModuleSource(Map<String, byte[]> entries) {
        this.entries = entries;
    }

    /** Names in a class's list, {@code __parameters__} or {@code __buffers__}. */
    List<String> names(PickleReader.Global type, String list) {
        Matcher line = Pattern.compile("^  " + list + " = \\[(.*)\\]$", Pattern.MULTILINE)
                .matcher(body(type).orElse(""));
        if (!line.find()) {
            return List.of();
        }
        return Pattern.compile("\"([^\"]*)\"")
                .matcher(line.group(1))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** @throws IllegalArgumentException if the class has no forward as it is called here */
    void checkForward(PickleReader.Global type) {
        String body = body(type)
                .orElseThrow(() -> new IllegalArgumentException("its code lacks the class " + type.path() + "."));
        int at = body.indexOf("\n  def forward(");
        String head =
                at < 0 ? "no forward" : body.substring(at + 3 + "def forward".length(), body.indexOf(":\n", at) + 1);
        if (!FORWARD.matcher(head).matches()) {
            throw new IllegalArgumentException(
                    ("its forward must be (self, features: Dict[str, Tensor]) -> Tensor, but is %s. Give it these types"
                                    + " and script it anew.")
                            .formatted(head.replaceAll("\\s+", " ")));
        }
    }

    private Optional<String> body(PickleReader.Global type) {
        byte[] code = entries.get("code/" + type.module().replace('.', '/') + ".py");
        if (code == null) {
            return Optional.empty();
        }
        String text = new String(code, StandardCharsets.UTF_8);
        int from = text.indexOf("class " + type.name() + "(Module):\n");
        if (from < 0) {
            return Optional.empty();
        }
        Matcher next = Pattern.compile("^\\S", Pattern.MULTILINE).matcher(text);
        int to = next.find(from + 1) ? next.start() : text.length();
        return Optional.of(text.substring(from, to));
    }
}

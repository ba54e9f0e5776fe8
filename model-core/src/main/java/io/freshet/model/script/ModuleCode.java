package io.freshet.model.script;

import java.nio.charset.StandardCharsets;

/** How our script speaks of a scripted module that is an attribute of it. */
final class ModuleCode {
    /** The attribute. */
    static final String ATTRIBUTE = "module";

    private ModuleCode() {}

    /** A parameter of the module by its name; attributes on the way to it may be called "0", "1". */
    static String parameter(String name) {
        String expression = "self." + ATTRIBUTE;
        for (String attribute : name.split("\\.")) {
            expression = "getattr(" + expression + ", " + quoted(attribute) + ")";
        }
        return expression;
    }

    /** A text as TorchScript archives write it: what is not plain ASCII as its UTF-8 bytes, in octal digits. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (byte letter : text.getBytes(StandardCharsets.UTF_8)) {
            if (letter == '"' || letter == '\\') {
                quoted.append('\\').append((char) letter);
            } else if (letter >= ' ' && letter < 0x7f) {
                quoted.append((char) letter);
            } else {
                quoted.append('\\');
                for (int shift = 6; shift >= 0; shift -= 3) {
                    quoted.append((char) ('0' + ((letter & 0xff) >> shift & 7)));
                }
            }
        }
        return quoted.append('"').toString();
    }
}

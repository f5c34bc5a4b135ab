package dev.heliograph.protocol.pusher;

import org.jspecify.annotations.Nullable;

/** What others have sent, as error messages repeat it: never at any length. */
final class Cited {
    /** Most characters of a name that an error message repeats. */
    static final int NAME_LENGTH_MAX = 64;
    /** Most characters of a string to sign that an error message repeats. */
    static final int SIGNED_LENGTH_MAX = 1_000;

    private Cited() {}

    static String shortly(String name) {
        return cut(name, NAME_LENGTH_MAX);
    }

    static String signed(String text) {
        return cut(text, SIGNED_LENGTH_MAX);
    }

    private static String cut(String text, int lengthMax) {
        return text.length() <= lengthMax ? text : text.substring(0, lengthMax) + "…";
    }

    /** As Ruby's {@code inspect} shows it, in which Pusher's verifier tells what it has signed. */
    static String inspected(@Nullable String text) {
        if (text == null) {
            return "nil";
        }
        String cut = signed(text);
        var out = new StringBuilder(cut.length() + 16).append('"');
        for (int i = 0; i < cut.length(); i++) {
            inspect(cut, i, out);
        }
        return out.append('"').toString();
    }

    private static void inspect(String text, int at, StringBuilder out) {
        char c = text.charAt(at);
        switch (c) {
            case '"', '\\' -> out.append('\\').append(c);
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '#' -> out.append(at + 1 < text.length() && "{$@".indexOf(text.charAt(at + 1)) >= 0 ? "\\#" : "#");
            default -> {
                if (Character.isISOControl(c)) {
                    out.append("\\u%04X".formatted((int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }
}

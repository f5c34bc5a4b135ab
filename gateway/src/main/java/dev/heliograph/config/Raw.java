package dev.heliograph.config;

import java.util.Arrays;
import java.util.List;

/** A value as somebody wrote it, and the line, variable or file where it stands. */
record Raw(String text, String where) {
    /** Several values in one text. */
    static List<Raw> split(String text, String separator, String where) {
        return Arrays.stream(text.split(separator, -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(part -> new Raw(part, where))
                .toList();
    }

    /** Shows no value: it may be a secret. */
    @Override
    public String toString() {
        return "Raw[" + where + "]";
    }
}

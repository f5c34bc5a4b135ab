package dev.heliograph.protocol.message;

import org.jspecify.annotations.Nullable;

/** The comparisons of a {@link Filter}. Order is by number for numbers and by code unit for strings; values of different kinds are never ordered. */
public enum Operator {
    EQ,
    NE,
    STARTS,
    ENDS,
    CONTAINS,
    LT,
    LTE,
    GT,
    GTE;

    /** Up to so many comparisons of characters the JDK's search is the fastest, whatever both are. */
    private static final int SHORT = 1 << 16;

    boolean test(@Nullable Object actual, Object expected) {
        return switch (this) {
            case EQ -> expected.equals(actual);
            case NE -> !expected.equals(actual);
            case STARTS -> actual instanceof String s && expected instanceof String e && s.startsWith(e);
            case ENDS -> actual instanceof String s && expected instanceof String e && s.endsWith(e);
            case CONTAINS -> actual instanceof String s && expected instanceof String e && contains(s, e);
            case LT, LTE, GT, GTE -> ordered(actual, expected);
        };
    }

    /** In time that grows with the text alone where both are long, as whoever subscribes and whoever publishes may choose them to be dear. */
    private static boolean contains(String text, String part) {
        if (part.length() > text.length() || (long) text.length() * part.length() <= SHORT) {
            return text.contains(part);
        }
        int[] borders = borders(part);
        int matched = 0;
        for (int i = 0; i < text.length() && matched < part.length(); i++) {
            matched = longer(part, borders, matched, text.charAt(i));
        }
        return matched == part.length();
    }

    /** By index n: how much of the part's beginning ends at its n-th character, itself apart (Knuth, Morris, Pratt). */
    private static int[] borders(String part) {
        int[] borders = new int[part.length() + 1];
        int matched = 0;
        for (int i = 1; i < part.length(); i++) {
            matched = longer(part, borders, matched, part.charAt(i));
            borders[i + 1] = matched;
        }
        return borders;
    }

    private static int longer(String part, int[] borders, int matched, char next) {
        int length = matched;
        while (length > 0 && part.charAt(length) != next) {
            length = borders[length];
        }
        return part.charAt(length) == next ? length + 1 : 0;
    }

    private boolean ordered(@Nullable Object actual, Object expected) {
        int order;
        if (actual instanceof Double a && expected instanceof Double e) {
            order = Double.compare(a, e);
        } else if (actual instanceof String a && expected instanceof String e) {
            order = a.compareTo(e);
        } else {
            return false;
        }
        return switch (this) {
            case LT -> order < 0;
            case LTE -> order <= 0;
            case GT -> order > 0;
            default -> order >= 0;
        };
    }
}

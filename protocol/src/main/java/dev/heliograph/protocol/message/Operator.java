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

    boolean test(@Nullable Object actual, Object expected) {
        return switch (this) {
            case EQ -> expected.equals(actual);
            case NE -> !expected.equals(actual);
            case STARTS -> actual instanceof String s && expected instanceof String e && s.startsWith(e);
            case ENDS -> actual instanceof String s && expected instanceof String e && s.endsWith(e);
            case CONTAINS -> actual instanceof String s && expected instanceof String e && s.contains(e);
            case LT, LTE, GT, GTE -> ordered(actual, expected);
        };
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

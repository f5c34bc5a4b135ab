package dev.heliograph.protocol.message;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which publications of a channel a subscriber wants: a predicate over the values that stand at dotted paths of the event's data. Values are
 * {@link String}, {@link Double} and {@link Boolean}; a path that is absent, null, an object or an array has no value, and a comparison with no
 * value is false ({@code ne} and {@code nin}: true). Source: docs/PROTOCOL.md, "Filter". Equal filters are equal records, so that subscribers
 * can be grouped by them.
 */
public sealed interface Filter {
    /** Deepest nesting of and, or, not. */
    int DEPTH_MAX = 8;
    /** Most comparisons in one filter. */
    int TERMS_MAX = 64;
    /** Most values in all {@code in} and {@code nin} of one filter together. */
    int VALUES_MAX = 256;
    /** Most characters of its paths and values together. */
    int LENGTH_MAX = 8_192;

    /** Of a record, and of a value with its place in a set, about. */
    int TERM_SIZE = 64;

    int VALUE_SIZE = 32;

    private static int length(Object value) {
        return value instanceof String text ? text.length() : 0;
    }

    /** @param values the values found at {@link #paths()} */
    boolean matches(Map<String, Object> values);

    /** Adds every path this filter looks at. */
    void collectPaths(Collection<String> paths);

    /** About how many bytes it takes, and how dear it is to ask. */
    int size();

    /** Every path this filter looks at, in order. */
    default Set<String> paths() {
        var paths = new TreeSet<String>();
        collectPaths(paths);
        return paths;
    }

    /** One comparison with one value. */
    record Compare(Operator operator, String path, Object value) implements Filter {
        @Override
        public int size() {
            return TERM_SIZE + path.length() + length(value);
        }

        @Override
        public boolean matches(Map<String, Object> values) {
            return operator.test(values.get(path), value);
        }

        @Override
        public void collectPaths(Collection<String> paths) {
            paths.add(path);
        }
    }

    /** Membership in a list; {@code negated} for {@code nin}. */
    record In(String path, Set<Object> candidates, boolean negated) implements Filter {
        public In {
            candidates = Set.copyOf(candidates);
        }

        @Override
        public int size() {
            int size = TERM_SIZE + path.length();
            for (Object candidate : candidates) {
                size += VALUE_SIZE + length(candidate);
            }
            return size;
        }

        @Override
        public boolean matches(Map<String, Object> values) {
            Object value = values.get(path);
            return (value != null && candidates.contains(value)) != negated;
        }

        @Override
        public void collectPaths(Collection<String> paths) {
            paths.add(path);
        }
    }

    /** Presence of a value at a path. */
    record Exists(String path, boolean wanted) implements Filter {
        @Override
        public int size() {
            return TERM_SIZE + path.length();
        }

        @Override
        public boolean matches(Map<String, Object> values) {
            return values.containsKey(path) == wanted;
        }

        @Override
        public void collectPaths(Collection<String> paths) {
            paths.add(path);
        }
    }

    /** All must match. */
    record And(List<Filter> terms) implements Filter {
        public And {
            terms = List.copyOf(terms);
        }

        @Override
        public int size() {
            return TERM_SIZE + terms.stream().mapToInt(Filter::size).sum();
        }

        @Override
        public boolean matches(Map<String, Object> values) {
            for (Filter term : terms) {
                if (!term.matches(values)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void collectPaths(Collection<String> paths) {
            terms.forEach(term -> term.collectPaths(paths));
        }
    }

    /** One must match. */
    record Or(List<Filter> terms) implements Filter {
        public Or {
            terms = List.copyOf(terms);
        }

        @Override
        public int size() {
            return TERM_SIZE + terms.stream().mapToInt(Filter::size).sum();
        }

        @Override
        public boolean matches(Map<String, Object> values) {
            for (Filter term : terms) {
                if (term.matches(values)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void collectPaths(Collection<String> paths) {
            terms.forEach(term -> term.collectPaths(paths));
        }
    }

    /** Must not match. */
    record Not(Filter term) implements Filter {
        @Override
        public int size() {
            return TERM_SIZE + term.size();
        }

        @Override
        public boolean matches(Map<String, Object> values) {
            return !term.matches(values);
        }

        @Override
        public void collectPaths(Collection<String> paths) {
            term.collectPaths(paths);
        }
    }
}

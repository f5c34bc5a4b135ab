package dev.heliograph.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A channel name with {@code *} for any run of characters, also none. Matching is linear in name times pattern: no backtracking explosion. */
public final class ChannelPattern {
    private static final String SUBJECT = "{sub}";

    private final List<String> literals;

    private ChannelPattern(List<String> literals) {
        this.literals = List.copyOf(literals);
    }

    /** A pattern without a subject. */
    public static ChannelPattern of(String pattern) {
        return of(pattern, null);
    }

    /** {@code {sub}} is replaced after the split at stars, so that a star in the subject is a literal star. */
    public static ChannelPattern of(String pattern, @Nullable String subject) {
        var literals = new ArrayList<String>();
        for (String literal : pattern.split("\\*", -1)) {
            literals.add(subject == null ? literal : literal.replace(SUBJECT, subject));
        }
        return new ChannelPattern(literals);
    }

    /** As it was given, with the subject in its place. */
    @Override
    public String toString() {
        return String.join("*", literals);
    }

    public boolean matches(String name) {
        String first = literals.getFirst();
        if (literals.size() == 1) {
            return name.equals(first);
        }
        String last = literals.getLast();
        if (name.length() < first.length() + last.length() || !name.startsWith(first) || !name.endsWith(last)) {
            return false;
        }
        int from = first.length();
        int to = name.length() - last.length();
        for (String literal : literals.subList(1, literals.size() - 1)) {
            int found = name.indexOf(literal, from);
            if (found < 0 || found + literal.length() > to) {
                return false;
            }
            from = found + literal.length();
        }
        return true;
    }
}

package dev.heliograph.auth;

import dev.heliograph.config.ChannelPattern;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Patterns per operation: {@code *} matches any run of characters, {@code {sub}} the token's subject, all else is literal. What no pattern matches
 * is denied.
 */
public final class Grants {
    /** Nothing is allowed. */
    public static final Grants NONE = new Grants(Map.of(), null);

    private final Map<Operation, List<ChannelPattern>> patterns = new EnumMap<>(Operation.class);

    /** @param subject stands for {@code {sub}}; null: patterns with {@code {sub}} match nothing */
    public Grants(Map<Operation, List<String>> granted, @Nullable String subject) {
        granted.forEach((operation, list) -> patterns.put(
                operation,
                list.stream()
                        .filter(pattern -> subject != null || !pattern.contains("{sub}"))
                        .map(pattern -> ChannelPattern.of(pattern, subject))
                        .toList()));
    }

    /** For people: the patterns, by the operation's name in a token. */
    public Map<String, List<String>> shown() {
        var shown = new TreeMap<String, List<String>>();
        patterns.forEach((operation, list) -> shown.put(
                operation.name().toLowerCase(Locale.ROOT),
                list.stream().map(ChannelPattern::toString).toList()));
        return shown;
    }

    public boolean allows(Operation operation, String channel) {
        for (ChannelPattern pattern : patterns.getOrDefault(operation, List.of())) {
            if (pattern.matches(channel)) {
                return true;
            }
        }
        return false;
    }
}

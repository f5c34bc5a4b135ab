package dev.heliograph.auth;

import dev.heliograph.config.ChannelPattern;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

    public boolean allows(Operation operation, String channel) {
        for (ChannelPattern pattern : patterns.getOrDefault(operation, List.of())) {
            if (pattern.matches(channel)) {
                return true;
            }
        }
        return false;
    }
}

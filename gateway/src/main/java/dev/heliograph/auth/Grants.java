package dev.heliograph.auth;

import dev.heliograph.config.ChannelPattern;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Filter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Patterns per operation: {@code *} matches any run of characters, {@code {sub}} the token's subject, all else is literal. What no pattern matches
 * is denied. A pattern to subscribe to may have a filter: then it allows what that takes, and nothing that would have to be whole. Immutable; any thread.
 */
public final class Grants {
    /** Nothing is allowed. */
    public static final Grants NONE = new Grants(Map.of(), null);

    private static final Rows ALL = new Rows(null);

    private final Map<Operation, List<ChannelPattern>> patterns = new EnumMap<>(Operation.class);
    private final List<Part> parts;

    /** A pattern of channels of which only that is allowed which the filter takes. */
    public record Filtered(String pattern, Filter filter) {}

    /** What of a channel may be seen: what the filter takes; null: everything. */
    public record Rows(@Nullable Filter filter) {}

    private record Part(ChannelPattern channels, Filter filter) {}

    /** @param subject stands for {@code {sub}}; null: patterns with {@code {sub}} match nothing */
    public Grants(Map<Operation, List<String>> granted, @Nullable String subject) {
        this(granted, List.of(), subject);
    }

    /**
     * @param filtered what may be subscribed to in part
     * @param subject as above
     */
    public Grants(Map<Operation, List<String>> granted, List<Filtered> filtered, @Nullable String subject) {
        granted.forEach((operation, list) -> patterns.put(
                operation,
                list.stream()
                        .filter(pattern -> isFor(subject, pattern))
                        .map(pattern -> ChannelPattern.of(pattern, subject))
                        .toList()));
        parts = filtered.stream()
                .filter(each -> isFor(subject, each.pattern()))
                .map(each -> new Part(ChannelPattern.of(each.pattern(), subject), each.filter()))
                .toList();
    }

    private static boolean isFor(@Nullable String subject, String pattern) {
        return subject != null || !pattern.contains("{sub}");
    }

    /** For people: the patterns, by the operation's name in a token; of filters, where they look. */
    public Map<String, List<String>> shown() {
        var shown = new TreeMap<String, List<String>>();
        patterns.forEach((operation, list) -> shown.put(
                operation.name().toLowerCase(Locale.ROOT),
                list.stream().map(ChannelPattern::toString).toList()));
        if (!parts.isEmpty()) {
            shown.put(
                    "subscribe (filtered)",
                    parts.stream()
                            .map(part -> part.channels() + " by "
                                    + String.join(", ", part.filter().paths()))
                            .toList());
        }
        return shown;
    }

    /** Whether this may be done with all of the channel. */
    public boolean allows(Operation operation, String channel) {
        for (ChannelPattern pattern : patterns.getOrDefault(operation, List.of())) {
            if (pattern.matches(channel)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What of the channel may be subscribed to: everything, or what any of the filters takes whose patterns match. Who sees some of those who are present does not know
     * who is, so of a presence channel it is everything or nothing. Null: nothing.
     */
    public @Nullable Rows rows(String channel) {
        if (allows(Operation.SUBSCRIBE, channel)) {
            return ALL;
        }
        List<Filter> filters = channel.startsWith(ChannelId.PRESENCE_PREFIX)
                ? List.of()
                : parts.stream()
                        .filter(part -> part.channels().matches(channel))
                        .map(Part::filter)
                        .toList();
        return switch (filters.size()) {
            case 0 -> null;
            case 1 -> new Rows(filters.getFirst());
            default -> new Rows(new Filter.Or(filters));
        };
    }

    /**
     * What of the channel's log may be read, which is granted by itself, but never shows what a filter hides: a token with filters reads of a channel that it may not
     * subscribe to (a record's own, say, beside its type's) nothing. Null: nothing.
     */
    public @Nullable Rows historyRows(String channel) {
        if (!allows(Operation.HISTORY, channel)) {
            return null;
        }
        Rows rows = rows(channel);
        return rows == null && parts.isEmpty() ? ALL : rows;
    }
}

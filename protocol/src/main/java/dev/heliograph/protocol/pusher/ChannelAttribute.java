package dev.heliograph.protocol.pusher;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the HTTP API can tell of a channel when it is asked to, by the parameter {@code info}. */
public enum ChannelAttribute {
    /** How many distinct users are in a presence channel. */
    USER_COUNT("user_count"),
    /** How many connections have subscribed, if the app allows to ask. */
    SUBSCRIPTION_COUNT("subscription_count"),
    /** The event that a cache channel keeps. */
    CACHE("cache");

    private final String parameter;

    ChannelAttribute(String parameter) {
        this.parameter = parameter;
    }

    /**
     * Reads a comma-separated list.
     *
     * @param known those that can be asked for here
     */
    static Set<ChannelAttribute> parse(@Nullable String info, List<ChannelAttribute> known) throws ApiException {
        var attributes = EnumSet.noneOf(ChannelAttribute.class);
        for (String name : info == null || info.isBlank() ? new String[0] : info.split(",", -1)) {
            ChannelAttribute attribute = find(name.strip(), known);
            if (attribute == null) {
                throw ApiException.badRequest("Invalid info attribute: '" + Cited.shortly(name.strip())
                        + "', expected of "
                        + String.join(", ", known.stream().map(a -> a.parameter).toList()));
            }
            attributes.add(attribute);
        }
        return Set.copyOf(attributes);
    }

    private static @Nullable ChannelAttribute find(String name, List<ChannelAttribute> known) {
        for (ChannelAttribute attribute : known) {
            if (attribute.parameter.equals(name)) {
                return attribute;
            }
        }
        return null;
    }
}

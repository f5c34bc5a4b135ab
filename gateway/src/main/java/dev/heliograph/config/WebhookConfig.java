package dev.heliograph.config;

import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * Where an app's server is told what happens.
 *
 * @param url one that the operator has written here: no other is ever called, and no redirect followed
 * @param events names of those that are told, e.g. {@code channel_occupied}
 * @param channels pattern of the channels that are told of
 */
public record WebhookConfig(URI url, Set<String> events, ChannelPattern channels) {
    public WebhookConfig {
        events = Set.copyOf(events);
    }

    /** Every event that there is. */
    public static final List<String> EVENTS = List.of(
            "channel_occupied",
            "channel_vacated",
            "member_added",
            "member_removed",
            "client_event",
            "cache_miss",
            "subscription_count");

    static WebhookConfig read(Section s) {
        return new WebhookConfig(
                s.required("url", Names.HTTP_URL, URI.create("https://invalid/")),
                Set.copyOf(s.values("events", ValueType.oneOf(EVENTS), EVENTS)),
                ChannelPattern.of(s.value("channels", Names.CHANNEL_PATTERN, "*")));
    }
}

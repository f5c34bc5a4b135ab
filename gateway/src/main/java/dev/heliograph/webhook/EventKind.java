package dev.heliograph.webhook;

import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.WebhookEvent;
import dev.heliograph.protocol.pusher.WebhookEvent.CacheMiss;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelOccupied;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelVacated;
import dev.heliograph.protocol.pusher.WebhookEvent.EventByClient;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberAdded;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberRemoved;
import dev.heliograph.protocol.pusher.WebhookEvent.SubscriptionCount;
import org.jspecify.annotations.Nullable;

/** The kinds of events by the names that settings and bodies have for them; the codes are those of stored events and never change. */
enum EventKind {
    CHANNEL_OCCUPIED(1, "channel_occupied"),
    CHANNEL_VACATED(2, "channel_vacated"),
    MEMBER_ADDED(3, "member_added"),
    MEMBER_REMOVED(4, "member_removed"),
    CLIENT_EVENT(5, "client_event"),
    CACHE_MISS(6, "cache_miss"),
    SUBSCRIPTION_COUNT(7, "subscription_count");

    private final int code;
    private final String eventName;

    EventKind(int code, String eventName) {
        this.code = code;
        this.eventName = eventName;
    }

    int code() {
        return code;
    }

    String eventName() {
        return eventName;
    }

    static EventKind of(WebhookEvent event) {
        return switch (event) {
            case ChannelOccupied _ -> CHANNEL_OCCUPIED;
            case ChannelVacated _ -> CHANNEL_VACATED;
            case MemberAdded _ -> MEMBER_ADDED;
            case MemberRemoved _ -> MEMBER_REMOVED;
            case EventByClient _ -> CLIENT_EVENT;
            case CacheMiss _ -> CACHE_MISS;
            case SubscriptionCount _ -> SUBSCRIPTION_COUNT;
        };
    }

    /** The kind with that code; null if there is none. */
    static @Nullable EventKind of(int code) {
        for (EventKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        return null;
    }

    static PusherChannel channel(WebhookEvent event) {
        return switch (event) {
            case ChannelOccupied occupied -> occupied.channel();
            case ChannelVacated vacated -> vacated.channel();
            case MemberAdded added -> added.channel();
            case MemberRemoved removed -> removed.channel();
            case EventByClient sent -> sent.event().channel();
            case CacheMiss miss -> miss.channel();
            case SubscriptionCount count -> count.channel();
        };
    }

    /** The kind that undoes this one, so that whoever wants one of them cannot be told rightly without the other; itself if there is none. */
    EventKind counterpart() {
        return switch (this) {
            case CHANNEL_OCCUPIED -> CHANNEL_VACATED;
            case CHANNEL_VACATED -> CHANNEL_OCCUPIED;
            case MEMBER_ADDED -> MEMBER_REMOVED;
            case MEMBER_REMOVED -> MEMBER_ADDED;
            case CLIENT_EVENT, CACHE_MISS, SUBSCRIPTION_COUNT -> this;
        };
    }
}

package dev.heliograph.presence;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.PresenceState;
import dev.heliograph.protocol.message.PresenceUser;
import dev.heliograph.protocol.message.RawJson;

/**
 * What has changed in a channel over a window, in net. Each says how things stand, not what happened: whoever takes them in order ends up with the members, even
 * if it has learned some of it before.
 *
 * @param type the message's type. Source: docs/PROTOCOL.md, "Presence"
 * @param key what it is about: while changes wait for a slow client, the newest about the same stands for those before it
 */
public record PresenceChange(ChannelId channel, String type, String key, RawJson payload) {
    /** One member has come, or is back after it was told to have left. */
    static PresenceChange came(ChannelId channel, PresenceUser user) {
        return of(channel, "presence:join", user);
    }

    static PresenceChange left(ChannelId channel, PresenceUser user) {
        return of(channel, "presence:leave", user);
    }

    /** What is known of one member has changed. */
    static PresenceChange updated(ChannelId channel, PresenceUser user) {
        return of(channel, "presence:update", user);
    }

    /** More than one has changed: all members, or how many they are. */
    static PresenceChange synced(ChannelId channel, PresenceState state) {
        return new PresenceChange(channel, "presence:sync", "all", state.toJson());
    }

    /** The key tells a member apart from all of them together, whatever its id is. */
    private static PresenceChange of(ChannelId channel, String type, PresenceUser user) {
        return new PresenceChange(channel, type, "user:" + user.id(), user.toJson());
    }
}

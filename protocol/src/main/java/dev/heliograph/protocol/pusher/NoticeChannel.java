package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.RawJson;

/**
 * The gateway's own channels, by which clients of Pusher's protocol are told what happens around a channel or a user. Nobody subscribes to them by name; a
 * connection is subscribed to them when it has earned it. What is published there is a whole message, in {@link #notice}.
 */
public final class NoticeChannel {
    /** Between the kind and what it is about: no channel of Pusher's has it, so none of these can be {@code #server-to-user-…}. */
    private static final char SEPARATOR = ':';

    private NoticeChannel() {}

    /** Brings {@code member_added} and {@code member_removed} to the members of a presence channel. */
    public static ChannelId members(ChannelId channel) {
        return about("#members", channel.workspace(), channel.name());
    }

    /** Brings {@code subscription_count} to the subscribers of a channel. */
    public static ChannelId count(ChannelId channel) {
        return about("#count", channel.workspace(), channel.name());
    }

    /** Brings {@code watchlist_events} about a user to those who watch for it. */
    public static ChannelId watchers(String workspace, String userId) {
        return about("#watchers", workspace, userId);
    }

    private static ChannelId about(String kind, String workspace, String name) {
        return new ChannelId(workspace, kind + SEPARATOR + name);
    }

    /** Whether what is published on that channel is a message and not an event. */
    static boolean isOne(ChannelId channel) {
        return channel.isReserved() && channel.name().indexOf(SEPARATOR) > 0;
    }

    /** What is to be published there so that clients are told this. */
    public static RawJson notice(PusherServerMessage message) {
        return new RawJson(ServerMessageWriter.write(message));
    }
}

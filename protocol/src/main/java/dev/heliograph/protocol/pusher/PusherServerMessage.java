package dev.heliograph.protocol.pusher;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway can say to one client, beside events. Each has {@code data}: without it Pusher's Java client throws. Whether {@code data} is an object or a
 * string that holds one is part of the protocol, and differs. Source: Pusher Channels Protocol, "Events".
 *
 * <p>On an {@link PusherChannel.Kind#ENCRYPTED encrypted} channel Pusher's Java client (which says protocol 5) takes any data but <code>{}</code> for an encrypted
 * event and fails: such clients get neither {@link SubscriptionError} nor {@link SubscriptionCount} there.
 */
public sealed interface PusherServerMessage {
    /**
     * Always the first message, or pusher-js gives up.
     *
     * @param activityTimeoutSeconds of silence after which the client sends a ping; 1 or more, Pusher's own is 120
     */
    record ConnectionEstablished(SocketId socketId, int activityTimeoutSeconds) implements PusherServerMessage {
        public ConnectionEstablished {
            if (activityTimeoutSeconds < 1) {
                throw new IllegalArgumentException(
                        "activityTimeoutSeconds is 1 or more, not " + activityTimeoutSeconds);
            }
        }
    }

    record Ping() implements PusherServerMessage {}

    record Pong() implements PusherServerMessage {}

    /**
     * {@code pusher:error}. Before a close it is sent too, with the code of the Close frame, to clients of a protocol below 6: {@link PusherCode#toMessage}.
     *
     * @param code null as hosted Pusher has it for nearly all that does not close the connection
     */
    record Failed(@Nullable PusherCode code, String message) implements PusherServerMessage {}

    /** The subscription to a channel without members is made. A cached event, or {@link CacheMiss}, comes after it. */
    record SubscriptionSucceeded(PusherChannel channel) implements PusherServerMessage {}

    /**
     * The subscription to a presence channel is made.
     *
     * @param members all of them, each once, with the subscriber itself: in this pusher-js finds its own member
     */
    record PresenceSucceeded(PusherChannel channel, List<PresenceMember> members) implements PusherServerMessage {
        public PresenceSucceeded {
            members = List.copyOf(members);
        }
    }

    /**
     * The subscription is refused, told to the channel, where client libraries look for it. Hosted Pusher tells the connection: {@link #hosted}.
     *
     * @param channel as the client wrote it
     * @param type {@code AuthError} if the subscriber could not show that it may, as pusher-js has it
     * @param status as HTTP has it
     */
    record SubscriptionError(String channel, String type, String error, int status) implements PusherServerMessage {
        /** The same as hosted Pusher tells it. */
        public Failed hosted() {
            return new Failed(null, error);
        }
    }

    /** For the other members, when the first connection of a user has subscribed. */
    record MemberAdded(PusherChannel channel, PresenceMember member) implements PusherServerMessage {}

    /** For the other members, when the last connection of a user has left. */
    record MemberRemoved(PusherChannel channel, UserId user) implements PusherServerMessage {}

    /** How many connections have subscribed to a channel that has no members. */
    record SubscriptionCount(PusherChannel channel, int count) implements PusherServerMessage {}

    /** A cache channel has no event to keep its new subscriber waiting with. */
    record CacheMiss(PusherChannel channel) implements PusherServerMessage {}

    /** @param userData as it came with the sign-in */
    record SigninSuccess(String userData) implements PusherServerMessage {}

    /** Who of the users that the signed-in one watches came online or went offline. */
    record WatchlistEvents(List<WatchlistEvent> events) implements PusherServerMessage {
        public WatchlistEvents {
            events = List.copyOf(events);
        }
    }

    /** @param online whether these users now have a connection that signed in as them, or have none any more */
    record WatchlistEvent(boolean online, List<String> userIds) {
        public WatchlistEvent {
            userIds = List.copyOf(userIds);
        }
    }
}

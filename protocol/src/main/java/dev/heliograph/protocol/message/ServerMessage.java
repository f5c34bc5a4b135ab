package dev.heliograph.protocol.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway can say to one client, beside publications, which are the same for all. Source: docs/PROTOCOL.md, "Gateway to client".
 */
public sealed interface ServerMessage {
    /** Always the first message. */
    record Connected(
            String connectionId, @Nullable String userId, String node, long pingIntervalMs, int maxMessageBytes)
            implements ServerMessage {}

    /** @param lost channels whose subscription ended because the new token does not grant them */
    record Authenticated(
            @Nullable String requestId, @Nullable String userId, long expiresAtMs, List<String> lost)
            implements ServerMessage {
        public Authenticated {
            lost = List.copyOf(lost);
        }
    }

    record Subscribed(@Nullable String requestId, Joined joined) implements ServerMessage {}

    record SubscribedMany(@Nullable String requestId, List<JoinResult> results) implements ServerMessage {
        public SubscribedMany {
            results = List.copyOf(results);
        }
    }

    /** What became of one channel of a subscribe. */
    sealed interface JoinResult permits Joined, NotJoined {}

    /**
     * @param position the channel's position from which live publications follow; with {@code recovered}, those after the client's own
     *     position come first
     */
    record Joined(String channel, Position position, boolean recovered, boolean wasRecovering) implements JoinResult {}

    record NotJoined(String channel, ErrorCode code, String message) implements JoinResult {}

    record Unsubscribed(@Nullable String requestId, String channel) implements ServerMessage {}

    record Published(@Nullable String requestId, String channel, Position position) implements ServerMessage {}

    /** @param complete whether nothing between the asked position and {@code position} is missing from the list */
    record History(
            @Nullable String requestId,
            String channel,
            List<Publication> publications,
            Position position,
            boolean complete)
            implements ServerMessage {
        public History {
            publications = List.copyOf(publications);
        }
    }

    /**
     * What a client said about its own presence is done.
     *
     * @param channel null: for all that it has joined
     */
    record PresenceDone(
            @Nullable String requestId, @Nullable String channel, Done what) implements ServerMessage {
        /** What was done; the lower-case name is the end of the message's type. */
        public enum Done {
            JOINED,
            LEFT,
            SEEN,
            UPDATED
        }
    }

    /** Who is there, told to one client. */
    record PresenceSync(String channel, PresenceState state) implements ServerMessage {}

    record PresenceMembers(@Nullable String requestId, String channel, PresencePage page) implements ServerMessage {}

    record Ping() implements ServerMessage {}

    record Pong(@Nullable String requestId) implements ServerMessage {}

    /** Publications this connection will never get: those of {@code channel} from one offset to another, both included. */
    record Lost(String channel, long count, Position from, Position to, String reason) implements ServerMessage {}

    /** @param requestId of the request that failed; null where there was none or it could not be read */
    record Failed(@Nullable String requestId, @Nullable String channel, ErrorCode code, String message)
            implements ServerMessage {}
}

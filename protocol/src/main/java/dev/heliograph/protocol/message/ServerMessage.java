package dev.heliograph.protocol.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway can say to one client, beside publications, which are the same for all. Source: docs/PROTOCOL.md, "Gateway to client".
 */
public sealed interface ServerMessage {
    /**
     * Always the first message.
     *
     * @param resumeKey takes the session up again on another connection; null where clients do that by their token and positions. Never printed
     */
    record Connected(
            String connectionId,
            @Nullable String userId,
            String node,
            long pingIntervalMs,
            int maxMessageBytes,
            @Nullable String resumeKey)
            implements ServerMessage {
        @Override
        public String toString() {
            return "Connected[connectionId=" + connectionId + "]";
        }
    }

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
     * @param granted what the subscriber is going to get of what it asked for
     */
    record Joined(String channel, Position position, boolean recovered, boolean wasRecovering, SubscribeOptions granted)
            implements JoinResult {}

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

    /** The gateway stops soon: the client comes back, with its positions, after that delay, which is its own. */
    record Drain(long reconnectInMs) implements ServerMessage {}

    record Ping() implements ServerMessage {}

    record Pong(@Nullable String requestId) implements ServerMessage {}

    /** What the fan-out tells one client by itself. A protocol may have no word for it. */
    sealed interface Notice extends ServerMessage permits Lost, Skipped, Degraded, Restored {}

    /** Publications this connection will never get: those of {@code channel} from one offset to another, both included. */
    record Lost(String channel, long count, Position from, Position to, String reason) implements Notice {}

    /**
     * Publications that the next one of {@code channel} stands for: it came after them, or holds what they said. Of those from one offset to another, both included,
     * others may have been sent.
     */
    record Skipped(String channel, long count, Position from, Position to) implements Notice {}

    /** The connection takes less than it is sent: from now on publications are merged, or lost, until {@link Restored}. */
    record Degraded(String reason) implements Notice {}

    /** The connection has been sent everything that waited for it. */
    record Restored(String reason) implements Notice {}

    /**
     * What a watch session was sent and what it was not, since it subscribed.
     *
     * @param sent publications, those that others were merged into included
     * @param filtered those that its filter does not take
     * @param sampled those that its sample rate leaves out
     * @param skipped those that were merged into another because of its rate
     */
    record Stats(String channel, String watchSessionId, long sent, long filtered, long sampled, long skipped)
            implements ServerMessage {}

    /** @param requestId of the request that failed; null where there was none or it could not be read */
    record Failed(@Nullable String requestId, @Nullable String channel, ErrorCode code, String message)
            implements ServerMessage {}
}

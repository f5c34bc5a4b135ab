package dev.heliograph.protocol.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client can say. Source of every rule: docs/PROTOCOL.md, "Client to gateway". */
public sealed interface ClientMessage {
    /** Longest {@code requestId}, in characters. */
    int REQUEST_ID_LENGTH_MAX = 64;

    /** Echoed on exactly one direct answer; null if the client does not want one. */
    @Nullable
    String requestId();

    /** Proves who the client is; on an authenticated connection it renews the token in place. */
    record Authenticate(@Nullable String requestId, String token) implements ClientMessage {
        @Override
        public String toString() {
            return "Authenticate[requestId=" + requestId + "]";
        }
    }

    /** @param many whether the list form was used, which decides the form of the answer */
    record Subscribe(@Nullable String requestId, List<Subscription> subscriptions, boolean many)
            implements ClientMessage {
        public Subscribe {
            subscriptions = List.copyOf(subscriptions);
        }
    }

    /**
     * One channel of a {@link Subscribe}.
     *
     * @param channel as the client wrote it; not yet checked
     * @param recover the last position the client has seen
     */
    record Subscription(String channel, @Nullable Position recover, SubscribeOptions options) {}

    record Unsubscribe(@Nullable String requestId, String channel) implements ClientMessage {}

    /** @param id makes the publish idempotent within the gateway's dedupe window */
    record Publish(
            @Nullable String requestId,
            String channel,
            String name,
            RawJson data,
            @Nullable String key,
            @Nullable String id)
            implements ClientMessage {}

    /** @param after answer starts behind this position; null for the newest {@code limit} */
    record History(
            @Nullable String requestId,
            String channel,
            @Nullable Position after,
            int limit) implements ClientMessage {
        public static final int LIMIT_DEFAULT = 100;
        public static final int LIMIT_MAX = 1000;
    }

    /** What a client says about its own presence, or asks about that of others. */
    sealed interface Presence extends ClientMessage {}

    /** @param metadata null: as it is, none at first */
    record PresenceJoin(
            @Nullable String requestId,
            String channel,
            @Nullable RawJson metadata) implements Presence {}

    record PresenceLeave(@Nullable String requestId, String channel) implements Presence {}

    /** @param channel null: all that this connection has joined */
    record PresenceHeartbeat(
            @Nullable String requestId, @Nullable String channel) implements Presence {}

    record PresenceUpdate(@Nullable String requestId, String channel, RawJson metadata) implements Presence {}

    /** @param after where the page before this one ended; 0: from the beginning */
    record PresenceList(@Nullable String requestId, String channel, long after, int limit) implements Presence {
        public static final int LIMIT_DEFAULT = 100;
        public static final int LIMIT_MAX = 500;
    }

    record Ping(@Nullable String requestId) implements ClientMessage {}

    record Pong(@Nullable String requestId) implements ClientMessage {}
}

package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.RawJson;
import org.jspecify.annotations.Nullable;

/** What a client can say. Source: Pusher Channels Protocol, "Events"; whether it may say it is another question. */
public sealed interface PusherClientMessage {
    /**
     * {@code pusher:subscribe}.
     *
     * @param auth {@code key:signature}, see {@link SocketAuth}; null if there is none, or an empty one as pusher-js sends for public channels
     * @param channelData JSON as it was signed, see {@link PresenceMember}; null if there is none
     */
    record Subscribe(
            PusherChannel channel,
            @Nullable String auth,
            @Nullable String channelData) implements PusherClientMessage {
        @Override
        public String toString() {
            return "Subscribe[channel=" + channel + "]";
        }
    }

    /** {@code pusher:unsubscribe}, which is not answered. */
    record Unsubscribe(PusherChannel channel) implements PusherClientMessage {}

    /**
     * {@code client-…}, for the other subscribers of a channel that is not public.
     *
     * @param data as the sender wrote it: an object stays an object, a string a string
     */
    record ClientEvent(PusherChannel channel, String event, RawJson data) implements PusherClientMessage {}

    /**
     * {@code pusher:signin}.
     *
     * @param auth {@code key:signature}, see {@link SocketAuth}
     * @param userData JSON as it was signed, see {@link SignedInUser}
     */
    record Signin(String auth, String userData) implements PusherClientMessage {
        @Override
        public String toString() {
            return "Signin[]";
        }
    }

    /** {@code pusher:ping}, to be answered with {@link PusherServerMessage.Pong}. */
    record Ping() implements PusherClientMessage {}

    /** {@code pusher:pong}. */
    record Pong() implements PusherClientMessage {}
}

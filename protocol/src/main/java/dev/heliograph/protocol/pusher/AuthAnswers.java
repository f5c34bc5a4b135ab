package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.JsonBytes;
import org.jspecify.annotations.Nullable;

/**
 * What an auth endpoint answers, {@code application/json} with status 200; whom it refuses gets a 403. Any thread. Source: Pusher, "Generating authentication and
 * authorization strings".
 */
public final class AuthAnswers {
    private static final int LENGTH_EXPECTED = 256;

    private AuthAnswers() {}

    /**
     * The connection may subscribe.
     *
     * @param channelData who the member of a presence channel is, {@code {"user_id", "user_info"}}; null on every other
     * @param encryption of an encrypted channel; null where the client knows the channel's key from elsewhere
     */
    public static byte[] channel(
            AppKey key, AuthRequest request, @Nullable String channelData, @Nullable EncryptionKey encryption) {
        PusherChannel channel = request.channel();
        var out = new JsonBytes(LENGTH_EXPECTED);
        out.raw("{\"auth\":").string(SocketAuth.sign(key, request.socketId(), channel, channelData));
        if (channelData != null) {
            out.raw(",\"channel_data\":").string(channelData);
        }
        if (encryption != null && channel.kind() == PusherChannel.Kind.ENCRYPTED) {
            out.raw(",\"shared_secret\":").string(encryption.sharedSecret(channel));
        }
        return out.raw("}").toBytes();
    }

    /**
     * The connection may sign in.
     *
     * @param userData who the user is, {@code {"id", "user_info", "watchlist"}}
     */
    public static byte[] user(AppKey key, SocketId socketId, String userData) {
        return new JsonBytes(LENGTH_EXPECTED)
                .raw("{\"auth\":")
                .string(SocketAuth.signUser(key, socketId, userData))
                .raw(",\"user_data\":")
                .string(userData)
                .raw("}")
                .toBytes();
    }
}

package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.pusher.PusherClientMessage.Signin;
import dev.heliograph.protocol.pusher.PusherClientMessage.Subscribe;
import org.jspecify.annotations.Nullable;

/**
 * What an app's server signs so that one connection may subscribe, or sign in: {@code key:signature}. Source: Pusher, "Generating authentication and
 * authorization strings".
 *
 * <pre>
 *  channel:  {socket_id}:{channel}            or  {socket_id}:{channel}:{channel_data}
 *  user:     {socket_id}::user::{user_data}
 * </pre>
 *
 * No channel's name and no socket id has a colon, so no string of one kind is one of the other: were a channel called {@code :user::{…}}, whoever signs for
 * channels would sign in users. Data is signed as it was received, never written anew. Stateless; any thread.
 */
public final class SocketAuth {
    private SocketAuth() {}

    /**
     * Allows this connection to subscribe to the channel.
     *
     * @param channel one that takes a signature
     * @param channelData of a presence channel's member; null if there is none
     */
    public static String sign(AppKey key, SocketId socket, PusherChannel channel, @Nullable String channelData) {
        if (!channel.isSigned()) {
            throw new IllegalArgumentException("nobody needs, or gets, a signature for " + channel);
        }
        return key.key() + ":" + key.sign(toSign(socket, channel, channelData));
    }

    /** Allows this connection to sign in as the user that the data names. */
    public static String signUser(AppKey key, SocketId socket, String userData) {
        return key.key() + ":" + key.sign(toSign(socket, userData));
    }

    /**
     * Lets a subscription pass if it may be made: to a public channel always, to a user's channel never, to any other with a signature of the app.
     *
     * @param keys of the app that the connection belongs to
     */
    public static void verify(AppKeys keys, SocketId socket, Subscribe message) throws PusherException {
        PusherChannel channel = message.channel();
        switch (channel.kind()) {
            case PUBLIC -> {}
            case USER ->
                throw PusherException.unauthorized(
                        channel,
                        "Cannot subscribe to " + channel
                                + ": its events reach the connections that signed in as that user");
            case PRIVATE, ENCRYPTED, PRESENCE -> {
                if (message.auth() == null) {
                    throw PusherException.unauthorized(channel, "Auth info required to subscribe to " + channel);
                }
                String signed = toSign(socket, channel, message.channelData());
                String fault = fault(keys, message.auth(), signed, "subscription to " + channel);
                if (fault != null) {
                    throw PusherException.unauthorized(channel, fault);
                }
            }
        }
    }

    /** Lets a sign-in pass if the app has signed it. */
    public static void verify(AppKeys keys, SocketId socket, Signin message) throws PusherException {
        String fault = fault(keys, message.auth(), toSign(socket, message.userData()), "signin");
        if (fault != null) {
            throw new PusherException(null, fault);
        }
    }

    private static @Nullable String fault(AppKeys keys, String auth, String signed, String purpose) {
        int colon = auth.indexOf(':');
        if (colon <= 0 || colon == auth.length() - 1) {
            return "Auth value for " + purpose + " is invalid: should be of format 'key:signature'";
        }
        AppKey key = keys.find(auth.substring(0, colon));
        if (key == null) {
            return "Invalid key in subscription auth data: '" + Cited.shortly(auth.substring(0, colon)) + "'";
        }
        String signature = auth.substring(colon + 1);
        return key.verify(signed, signature)
                ? null
                : "Invalid signature: Expected HMAC SHA256 hex digest of " + Cited.signed(signed) + ", but got "
                        + Cited.shortly(signature);
    }

    private static String toSign(SocketId socket, PusherChannel channel, @Nullable String channelData) {
        String signed = socket + ":" + channel;
        return channelData == null ? signed : signed + ":" + channelData;
    }

    private static String toSign(SocketId socket, String userData) {
        return socket + "::user::" + userData;
    }
}

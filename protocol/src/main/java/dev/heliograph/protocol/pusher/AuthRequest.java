package dev.heliograph.protocol.pusher;

/**
 * What a client asks an auth endpoint: to allow its connection to subscribe. It is answered with {@link AuthAnswers}. Source: Pusher, "Authorizing users".
 *
 * @param channel one that takes a signature
 */
public record AuthRequest(SocketId socketId, PusherChannel channel) {

    /** Reads {@code socket_id=&channel_name=}, which pusher-js posts as a form or puts into the query string. */
    public static AuthRequest read(QueryParameters form, PusherLimits limits) throws ApiException {
        SocketId socketId = readUser(form);
        PusherChannel channel = ChannelQuery.named(required(form, "channel_name"), limits);
        if (!channel.isSigned()) {
            throw ApiException.badRequest("Invalid channel name: '" + channel
                    + "', expected one that begins with private- or presence-: no other takes a signature");
        }
        return new AuthRequest(socketId, channel);
    }

    /** Reads {@code socket_id=}: a client asks to be signed in. */
    public static SocketId readUser(QueryParameters form) throws ApiException {
        String text = required(form, "socket_id");
        SocketId socketId = SocketId.parse(text);
        if (socketId == null) {
            throw ApiException.badRequest(SocketId.fault(text));
        }
        return socketId;
    }

    private static String required(QueryParameters form, String name) throws ApiException {
        String value = form.value(name);
        if (value == null || value.isEmpty()) {
            throw ApiException.missing(name);
        }
        return value;
    }
}

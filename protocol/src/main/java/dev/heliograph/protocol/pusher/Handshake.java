package dev.heliograph.protocol.pusher;

import org.jspecify.annotations.Nullable;

/**
 * What a client says of itself in the query string of {@code /app/{key}}.
 *
 * @param protocol 5 to 7
 * @param client the library's name, e.g. {@code js}; null if it does not say
 * @param version the library's version, e.g. {@code 8.6.0}; null if it does not say
 */
public record Handshake(
        int protocol, @Nullable String client, @Nullable String version) {
    /** The oldest protocol that is spoken: that of Pusher's Java and .NET clients. */
    public static final int PROTOCOL_MIN = 5;

    public static final int PROTOCOL_MAX = 7;

    private static final String EXPECTED = ", expected protocol=" + PROTOCOL_MIN + " to " + PROTOCOL_MAX;

    /** @throws PusherException with the code whose number and reason the connection is to be closed with, behind the {@code pusher:error} */
    public static Handshake read(QueryParameters query) throws PusherException {
        String protocol = query.value("protocol");
        if (protocol == null || protocol.isEmpty()) {
            throw new PusherException(PusherCode.PROTOCOL_MISSING, "No protocol version supplied" + EXPECTED);
        }
        for (int known = PROTOCOL_MIN; known <= PROTOCOL_MAX; known++) {
            if (protocol.equals(Integer.toString(known))) {
                return new Handshake(known, query.value("client"), query.value("version"));
            }
        }
        throw new PusherException(
                PusherCode.PROTOCOL_UNSUPPORTED, "Unsupported protocol version: " + Cited.shortly(protocol) + EXPECTED);
    }

    /** Whether the client wants to be told by a {@code pusher:error} too why it is closed, not by the Close frame alone. */
    public boolean wantsErrorBeforeClose() {
        return protocol < 6;
    }
}

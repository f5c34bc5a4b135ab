package dev.heliograph.websocket;

import dev.heliograph.http.Request;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about who the client is, first that is present: {@code Authorization: Bearer}, the subprotocol
 * {@code heliograph.bearer.…}, {@code ?token=}, and for a connection without a token {@code ?workspace=}. Never printed.
 */
public record Credentials(@Nullable String token, @Nullable String workspace) {
    static final String BEARER_SUBPROTOCOL = "heliograph.bearer.";

    private static final String BEARER = "bearer ";

    public static Credentials of(Request request) {
        String header = request.header("authorization");
        if (header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return new Credentials(header.substring(BEARER.length()).strip(), null);
        }
        for (String offered : Handshake.subprotocols(request)) {
            if (offered.startsWith(BEARER_SUBPROTOCOL)) {
                return new Credentials(offered.substring(BEARER_SUBPROTOCOL.length()), null);
            }
        }
        return new Credentials(request.parameter("token"), request.parameter("workspace"));
    }

    @Override
    public String toString() {
        return "Credentials[workspace=" + workspace + "]";
    }
}

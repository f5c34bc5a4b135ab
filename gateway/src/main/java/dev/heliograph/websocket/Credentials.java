package dev.heliograph.websocket;

import dev.heliograph.http.Request;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about who the client is, first that is present: {@code Authorization: Bearer}, the subprotocol
 * {@code heliograph.bearer.…}, {@code ?token=}, and for a connection without a token {@code ?workspace=}. Never printed.
 */
public record Credentials(@Nullable String token, @Nullable String workspace) {
    static final String BEARER_SUBPROTOCOL = "heliograph.bearer.";

    public static Credentials of(Request request) {
        String bearer = request.bearer();
        if (bearer != null) {
            return new Credentials(bearer, null);
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

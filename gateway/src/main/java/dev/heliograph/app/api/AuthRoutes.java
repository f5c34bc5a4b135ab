package dev.heliograph.app.api;

import dev.heliograph.app.Apps;
import dev.heliograph.auth.TokenVerifier;
import dev.heliograph.http.BodyLimits;
import dev.heliograph.http.Cors;
import dev.heliograph.http.Response;
import dev.heliograph.http.Route;
import dev.heliograph.http.Route.Match;
import dev.heliograph.http.Router;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.pusher.ApiException;
import java.util.List;
import java.util.Map;

/** The paths where clients have their subscriptions signed. Pages of any origin may ask: what counts is the token, which no browser adds by itself. */
public final class AuthRoutes {
    private static final int BODY_BYTES_MAX = 8 * 1024;
    private static final int HOUR_SECONDS = 3_600;
    private static final Cors ANY_ORIGIN = Cors.any(List.of("*"), List.of(), HOUR_SECONDS);
    private static final BodyLimits LIMITS =
            new BodyLimits(BODY_BYTES_MAX, 0, reason -> Response.text(ApiException.TOO_LARGE, reason + "\n"));

    private AuthRoutes() {}

    /**
     * @param tokens checks JWTs
     * @param gitHub checks GitHub tokens, by workspace; those that take none are not in it
     */
    public static void register(
            Router router, Apps apps, TokenVerifier tokens, Map<String, TokenVerifier> gitHub, Metrics metrics) {
        var identities = new Identities(apps, tokens, gitHub);
        add(router, "/pusher/auth", new AuthHandler(identities, Signatures::channel, metrics));
        add(router, "/pusher/user-auth", new AuthHandler(identities, Signatures::user, metrics));
    }

    private static void add(Router router, String path, AuthHandler handler) {
        router.add(new Route("POST", path, Match.SLASH_OR_NOT, LIMITS, ANY_ORIGIN, handler));
    }
}

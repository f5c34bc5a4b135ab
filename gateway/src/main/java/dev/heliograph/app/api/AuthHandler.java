package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.auth.Principal;
import dev.heliograph.auth.Verdict;
import dev.heliograph.http.Handler;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.QueryParameters;
import java.util.function.Consumer;

/**
 * Signs for a client what its token allows, so that nobody needs a server for that: finds out who asks, and lets {@link Signing} sign. Any thread. Source: Pusher,
 * "Authorizing users".
 */
final class AuthHandler implements Handler {
    private static final String RETRY_AFTER_SECONDS = "5";

    private final Identities identities;
    private final Signing signing;
    private final Metrics metrics;

    /** Signs what a client asks for. */
    @FunctionalInterface
    interface Signing {
        /** @throws ApiException if that principal may not have it */
        byte[] sign(App app, Principal principal, QueryParameters form) throws ApiException;
    }

    AuthHandler(Identities identities, Signing signing, Metrics metrics) {
        this.identities = identities;
        this.signing = signing;
        this.metrics = metrics;
    }

    @Override
    public void handle(Request request, Consumer<Response> respond) {
        try {
            String token = token(request);
            QueryParameters form = QueryParameters.parseForm(request.body());
            identities.verify(token, form.value("app"), (app, verdict) -> respond.accept(answer(app, verdict, form)));
        } catch (ApiException e) {
            respond.accept(refused(e.status(), e.explanation()));
        }
    }

    private static String token(Request request) throws ApiException {
        String token = request.bearer();
        if (token == null) {
            throw new ApiException(
                    ApiException.UNAUTHORIZED,
                    "Missing header: expected Authorization: Bearer with a token of this gateway or of GitHub");
        }
        return token;
    }

    private Response answer(App app, Verdict verdict, QueryParameters form) {
        return switch (verdict) {
            case Verdict.Verified(Principal principal) -> signed(app, principal, form);
            case Verdict.Refused(Verdict.Reason reason, String message) ->
                switch (reason) {
                    case KEYS_UNAVAILABLE ->
                        refused(ApiException.UNAVAILABLE, message).with("Retry-After", RETRY_AFTER_SECONDS);
                    case NOT_LISTED, REVOKED -> refused(ApiException.FORBIDDEN, message);
                    default -> refused(ApiException.UNAUTHORIZED, message);
                };
        };
    }

    private Response signed(App app, Principal principal, QueryParameters form) {
        try {
            Response response = ApiHandler.json(signing.sign(app, principal, form));
            metrics.increment(Count.API_REQUESTS);
            return response.with("Cache-Control", "no-store");
        } catch (ApiException e) {
            return refused(e.status(), e.explanation());
        }
    }

    private Response refused(int status, String explanation) {
        metrics.increment(Count.API_REFUSED);
        return Response.text(status, explanation + "\n");
    }
}

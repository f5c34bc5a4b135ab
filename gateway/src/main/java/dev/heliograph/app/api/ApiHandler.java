package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.app.Apps;
import dev.heliograph.http.Handler;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.ApiRequest;
import dev.heliograph.protocol.pusher.ApiSignature;
import dev.heliograph.protocol.pusher.QueryParameters;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets pass what an app's server has signed, and answers in the words that Pusher's SDKs know. Any thread. Source: HTTP API Reference. */
final class ApiHandler implements Handler {
    static final String PATH = "/apps/";

    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int INTERNAL_ERROR = 500;
    private static final long MS_PER_SECOND = 1_000;

    private final Apps apps;
    private final Metrics metrics;
    private final InstantSource clock;
    private final ApiPaths paths;
    private final Executor offLoop;

    /** @param offLoop runs questions, some of which look at all channels */
    ApiHandler(Apps apps, ApiPaths paths, Metrics metrics, InstantSource clock, Executor offLoop) {
        this.offLoop = offLoop;
        this.apps = apps;
        this.paths = paths;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void handle(Request request, Consumer<Response> respond) {
        if (request.method().equals("GET")) {
            offLoop.execute(() -> answer(request, respond));
        } else {
            answer(request, respond);
        }
    }

    private void answer(Request request, Consumer<Response> respond) {
        CompletableFuture<Response> answer;
        try {
            answer = allowed(request);
        } catch (ApiException | RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var _ = answer.whenComplete(
                (response, failure) -> respond.accept(failure == null ? accepted(response) : failed(request, failure)));
    }

    private Response accepted(Response response) {
        metrics.increment(Count.API_REQUESTS);
        return response;
    }

    private Response failed(Request request, Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (cause instanceof ApiException e) {
            return refused(e.status(), e.explanation());
        }
        if (cause instanceof ProtocolException e) {
            int status = e.code() == ErrorCode.RATE_LIMITED ? TOO_MANY_REQUESTS : ApiException.UNAVAILABLE;
            return refused(status, String.valueOf(e.getMessage())).with("Retry-After", RETRY_AFTER_SECONDS);
        }
        LOG.error("{} {} failed", request.method(), request.path(), cause);
        return refused(INTERNAL_ERROR, "Internal error; the gateway's log says why");
    }

    private Response refused(int status, String explanation) {
        metrics.increment(Count.API_REFUSED);
        return Response.text(status, explanation + "\n");
    }

    private CompletableFuture<Response> allowed(Request request) throws ApiException {
        String[] path = request.path().substring(PATH.length()).split("/", -1);
        App app = apps.withId(path[0]);
        if (app == null) {
            throw new ApiException(ApiException.NOT_FOUND, "Unknown app: " + ApiPaths.cited(path[0]));
        }
        ApiDoor.Later door = paths.door(request.method(), path);
        QueryParameters query = QueryParameters.of(request.query());
        String signed = app.config().pathPrefix() + request.path();
        ApiSignature.verify(
                app.keys(),
                new ApiRequest(request.method(), signed, query, request.body()),
                clock.millis() / MS_PER_SECOND);
        if (!app.config().enabled()) {
            throw new ApiException(ApiException.FORBIDDEN, "This app is disabled");
        }
        return door.answer(app, path, request, query);
    }

    static Response json(byte[] body) {
        return new Response(200, Map.of("Content-Type", "application/json"), body);
    }
}

package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.QueryParameters;
import java.util.concurrent.CompletableFuture;

/** Answers one kind of request to the HTTP API that its app has signed. Any thread. */
@FunctionalInterface
interface ApiDoor {
    /**
     * @param path what stands behind the app's id, cut at its slashes
     * @throws ApiException if it cannot be done; says what was wrong and what was expected
     */
    Response answer(App app, String[] path, Request request, QueryParameters query) throws ApiException;

    /** Answers such a request when what it asks for has been done. */
    @FunctionalInterface
    interface Later {
        /**
         * @return fails with a {@link dev.heliograph.protocol.message.ProtocolException} if it could not be done
         * @throws ApiException if it cannot be done; says what was wrong and what was expected
         */
        CompletableFuture<Response> answer(App app, String[] path, Request request, QueryParameters query)
                throws ApiException;
    }

    /** A door that answers at once, as one that may not. */
    static Later now(ApiDoor door) {
        return (app, path, request, query) -> CompletableFuture.completedFuture(door.answer(app, path, request, query));
    }
}

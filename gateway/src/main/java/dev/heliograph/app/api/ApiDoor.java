package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.QueryParameters;

/** Answers one kind of request to the HTTP API that its app has signed. Any thread. */
@FunctionalInterface
interface ApiDoor {
    /**
     * @param path what stands behind the app's id, cut at its slashes
     * @throws ApiException if it cannot be done; says what was wrong and what was expected
     */
    Response answer(App app, String[] path, Request request, QueryParameters query) throws ApiException;
}

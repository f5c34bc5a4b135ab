package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.pusher.ApiAnswers;
import dev.heliograph.protocol.pusher.QueryParameters;
import java.util.function.BiConsumer;

/** Ends the connections of a user. Any thread. Source: Pusher, "Terminating user connections". */
final class TerminateDoor implements ApiDoor {
    private final BiConsumer<String, String> terminate;

    /** @param terminate is given a workspace and the id of a user who may have signed in */
    TerminateDoor(BiConsumer<String, String> terminate) {
        this.terminate = terminate;
    }

    @Override
    public Response answer(App app, String[] path, Request request, QueryParameters query) {
        terminate.accept(app.workspace(), path[2]);
        return ApiHandler.json(ApiAnswers.done());
    }
}

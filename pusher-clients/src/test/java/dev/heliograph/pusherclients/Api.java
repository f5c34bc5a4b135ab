package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.pusher.rest.Pusher;
import com.pusher.rest.data.Result;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What answers of the HTTP API say, as Pusher's Java SDK hands them on. */
final class Api {
    private Api() {}

    /** The body of an answer that must be a success. */
    static JsonNode body(Result result) {
        assertEquals(Result.Status.SUCCESS, result.getStatus(), result.getMessage());
        return Json.parse(result.getMessage());
    }

    static void assertRefused(int httpStatus, Result.Status status, Result result) {
        assertEquals(httpStatus, result.getHttpStatus(), result.getMessage());
        assertEquals(status, result.getStatus(), result.getMessage());
    }

    static void publish(Pusher server, String channel, String event) {
        body(server.trigger(channel, event, Map.of("n", 1)));
    }

    /** The ids of a presence channel's members. */
    static Set<String> users(Pusher server, String channel) {
        var ids = new TreeSet<String>();
        body(server.get("/channels/" + channel + "/users"))
                .path("users")
                .forEach(user -> ids.add(user.path("id").asText()));
        return ids;
    }
}

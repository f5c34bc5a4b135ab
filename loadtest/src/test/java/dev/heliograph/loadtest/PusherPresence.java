package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.http.HttpDsl.ws;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.loadtest.PresenceChange.Kind;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A presence channel of Pusher's protocol: each member signs for a user id of its own. */
record PusherPresence(PusherDialect dialect, String channel) implements PresenceDialect {
    @Override
    public ChainBuilder connect() {
        return dialect.connect();
    }

    @Override
    public ChainBuilder join() {
        return exec(ws("join")
                        .sendText(this::subscription)
                        .await(Dialect.ANSWER_SECONDS)
                        .on(ws.checkTextMessage("joined")
                                .matching(jsonPath("$.event").is("pusher_internal:subscription_succeeded"))
                                .check(
                                        jsonPath("$.channel").is(channel),
                                        bodyString().saveAs(ANSWER))))
                .exitHereIfFailed();
    }

    private String subscription(Session session) {
        String member = "{\"user_id\":\"member-" + session.getInt(MEMBER) + "\",\"user_info\":{\"says\":\""
                + session.getString(SAYS) + "\"}}";
        String socketId = Objects.requireNonNull(session.getString(PusherDialect.SOCKET_ID));
        return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"" + channel + "\",\"auth\":\""
                + dialect.app().sign(socketId + ":" + channel + ":" + member) + "\",\"channel_data\":"
                + Json.string(member) + "}}";
    }

    /** Unanswered in this protocol. */
    @Override
    public ChainBuilder leave() {
        return exec(
                ws("leave").sendText("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"" + channel + "\"}}"));
    }

    @Override
    public Optional<PresenceChange> read(String message) {
        JsonNode told = Json.read(message);
        String event = told.path("event").asText();
        if (!event.startsWith("pusher_internal:")) {
            return Optional.empty();
        }
        JsonNode data = Json.read(told.path("data").asText());
        return switch (event) {
            case "pusher_internal:subscription_succeeded" ->
                Optional.of(new PresenceChange(Kind.ALL, members(data.at("/presence/hash"))));
            case "pusher_internal:member_added" -> Optional.of(new PresenceChange(Kind.CAME, member(data)));
            case "pusher_internal:member_removed" -> Optional.of(new PresenceChange(Kind.LEFT, member(data)));
            default -> Optional.empty();
        };
    }

    private static Map<String, String> members(JsonNode hash) {
        var members = new HashMap<String, String>();
        hash.properties()
                .forEach(entry -> members.put(
                        entry.getKey(), entry.getValue().path("says").asText()));
        return members;
    }

    private static Map<String, String> member(JsonNode data) {
        return Map.of(data.path("user_id").asText(), data.at("/user_info/says").asText());
    }
}

package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.http.HttpDsl.ws;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.loadtest.PresenceChange.Kind;
import io.gatling.javaapi.core.ChainBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Presence of the native protocol: each member has a token of its own. */
record NativePresence(NativeDialect dialect, MemberTokens tokens, String resource) implements PresenceDialect {
    @Override
    public ChainBuilder connect() {
        return dialect.connect(session -> tokens.of(session.getInt(MEMBER)));
    }

    @Override
    public ChainBuilder join() {
        return exec(ws("join")
                        .sendText(session ->
                                "{\"type\":\"presence:join\",\"requestId\":\"join\",\"payload\":{\"resource\":\""
                                        + resource + "\",\"metadata\":{\"says\":\"" + session.getString(SAYS) + "\"}}}")
                        .await(Dialect.ANSWER_SECONDS)
                        .on(ws.checkTextMessage("joined")
                                .matching(jsonPath("$.requestId").is("join"))
                                .check(
                                        jsonPath("$.type").is("presence:joined"),
                                        bodyString().saveAs(ANSWER))))
                .exitHereIfFailed();
    }

    @Override
    public ChainBuilder leave() {
        return exec(ws("leave")
                .sendText("{\"type\":\"presence:leave\",\"requestId\":\"leave\",\"payload\":{\"resource\":\"" + resource
                        + "\"}}")
                .await(Dialect.ANSWER_SECONDS)
                .on(ws.checkTextMessage("left")
                        .matching(jsonPath("$.requestId").is("leave"))
                        .check(jsonPath("$.type").is("presence:left"))));
    }

    @Override
    public Optional<PresenceChange> read(String message) {
        JsonNode told = Json.read(message);
        JsonNode payload = told.path("payload");
        return switch (told.path("type").asText()) {
            case "presence:sync" ->
                Optional.of(
                        payload.path("partial").asBoolean()
                                ? new PresenceChange(Kind.COUNT_ONLY, Map.of())
                                : new PresenceChange(Kind.ALL, members(payload.path("users"))));
            case "presence:join", "presence:update" -> Optional.of(new PresenceChange(Kind.CAME, member(payload)));
            case "presence:leave" -> Optional.of(new PresenceChange(Kind.LEFT, member(payload)));
            default -> Optional.empty();
        };
    }

    private static Map<String, String> members(JsonNode users) {
        var members = new HashMap<String, String>();
        users.forEach(user -> members.putAll(member(user)));
        return members;
    }

    private static Map<String, String> member(JsonNode user) {
        return Map.of(user.path("id").asText(), user.at("/metadata/says").asText());
    }
}

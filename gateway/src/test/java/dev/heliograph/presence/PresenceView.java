package dev.heliograph.presence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;

/** What a client knows of who is there that takes presence messages in the order in which they come, as docs/PROTOCOL.md says. */
public final class PresenceView {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> users = new TreeMap<>();
    private int count;
    private boolean partial;

    public void take(String type, String payload) {
        try {
            take(type, JSON.readTree(payload));
        } catch (JsonProcessingException e) {
            throw new AssertionError(payload, e);
        }
    }

    public void take(String type, JsonNode payload) {
        switch (type) {
            case "presence:sync" -> {
                users.clear();
                payload.path("users").forEach(this::put);
                count = payload.path("count").asInt();
                partial = payload.path("partial").asBoolean();
            }
            case "presence:join", "presence:update" -> {
                put(payload);
                count = partial ? count : users.size();
            }
            case "presence:leave" -> {
                users.remove(payload.path("id").asText());
                count = partial ? count : users.size();
            }
            default -> throw new AssertionError(type);
        }
    }

    private void put(JsonNode user) {
        users.put(user.path("id").asText(), shown(user));
    }

    /** Of a user what can differ between two who look at the same time: not when it was seen. */
    public static String shown(JsonNode user) {
        return user.path("name").asText() + " x" + user.path("connections").asInt() + " " + user.path("metadata");
    }

    public Map<String, String> users() {
        return users;
    }

    public int count() {
        return count;
    }

    /** Whether only the count is known. */
    public boolean isPartial() {
        return partial;
    }
}

package dev.heliograph.blackbox;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;

/** What {@code demo --json} says of the gateway it started; keys that later versions add are ignored. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Demo(
        long pid,
        URI url,
        URI ws,
        String token,
        String channel,
        String writeKey,
        String webhookSecret,
        URI webhookUrl,
        String workspace,
        Pusher pusher,
        Admin admin) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The operator's listener. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Admin(URI url, String token) {}

    /** The demo's workspace as an app of Pusher's protocol. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Pusher(String appId, String key, String secret) {}

    static Demo parse(String line) {
        try {
            return JSON.readValue(line, Demo.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not the JSON line of demo --json: " + line, e);
        }
    }
}

package dev.heliograph.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One whole answer. The server adds {@code Content-Length} and, where it must, {@code Connection}.
 *
 * @param headers names as they go out
 */
public record Response(int status, Map<String, String> headers, byte[] body) {
    public static Response json(int status, String body) {
        return new Response(status, Map.of("Content-Type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
    }

    public static Response text(int status, String body) {
        return new Response(
                status, Map.of("Content-Type", "text/plain; charset=utf-8"), body.getBytes(StandardCharsets.UTF_8));
    }

    public static Response empty(int status) {
        return new Response(status, Map.of(), new byte[0]);
    }

    /** The same answer with one more header. */
    public Response with(String name, String value) {
        return with(Map.of(name, value));
    }

    Response with(Map<String, String> others) {
        var more = new LinkedHashMap<>(headers);
        more.putAll(others);
        return new Response(status, more, body);
    }
}

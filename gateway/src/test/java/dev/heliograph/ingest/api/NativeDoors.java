package dev.heliograph.ingest.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;

/** An app's server that posts to a gateway's native doors. */
final class NativeDoors implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final TestGateway gateway;

    NativeDoors(TestGateway gateway) {
        this.gateway = gateway;
    }

    /** Allowed to publish to these patterns and nothing else. */
    static TestToken publishingTo(String... patterns) {
        return TestToken.acme().with("grants", Map.of("publish", List.of(patterns)));
    }

    HttpResponse<String> post(TestToken token, String path, String body, String... headers) throws IOException {
        return post("Bearer " + token.text(), path, body, headers);
    }

    HttpResponse<String> post(String authorization, String path, String body, String... headers) throws IOException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway.address().getPort() + path))
                .POST(BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    /** Status and code of a refusal, e.g. {@code 403 FORBIDDEN}. */
    static String refusal(HttpResponse<String> answer) throws IOException {
        return answer.statusCode() + " " + json(answer).path("code").asText("-");
    }

    @Override
    public void close() {
        client.close();
    }
}

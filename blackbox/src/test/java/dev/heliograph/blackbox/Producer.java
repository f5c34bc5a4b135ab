package dev.heliograph.blackbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Posts single events by plain HTTP. Any thread. */
final class Producer implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Demo demo;

    Producer(Demo demo) {
        this.demo = demo;
    }

    /** Posts a track event that must be accepted. */
    void track(String eventName) throws IOException, InterruptedException {
        HttpResponse<String> answer = post(
                "/v1/track",
                "{\"writeKey\":\"" + demo.writeKey() + "\",\"userId\":\"u1\",\"event\":\"" + eventName + "\"}");
        if (answer.statusCode() != 200 || !"{\"success\":true}".equals(answer.body())) {
            throw new IOException("track was answered " + answer.statusCode() + " " + answer.body());
        }
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(demo.url().resolve(path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    HttpResponse<String> get(URI uri, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

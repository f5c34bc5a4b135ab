package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.config.PageConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the live page is told by the gateway that serves it. */
final class PageTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    private static TestGateway start(String page) throws Exception {
        return TestGateway.ofYaml("""
                server: {port: 0, eventLoops: 1}
                admin: {port: 0, token: %s}
                page: {%s}
                workspaces:
                  acme:
                    keys:
                      - {kid: k1, algorithm: HS256, secret: 0123456789abcdef0123456789abcdef}
                    environments:
                      prod:
                        sources:
                          web: {writeKeys: [write-key-1]}
                """.formatted(TestGateway.ADMIN_TOKEN, page));
    }

    private static HttpResponse<String> get(TestGateway gateway, String path, String... headers) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + gateway.address().getPort() + path);
            var request = HttpRequest.newBuilder(uri).header("Accept", "*/*");
            if (headers.length > 0) {
                request.headers(headers);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static String connectSources(String tokenUrl, String... graphOrigins) {
        var page = new PageConfig(true, "", "", tokenUrl, null, null, List.of(graphOrigins));
        return PageRoutes.policy(page).replaceFirst(".*connect-src ([^;]*);.*", "$1");
    }

    @Test
    void withoutSettings_itShowsItsSample_andLoadsFromNowhereElse() throws Exception {
        try (TestGateway gateway = start("enabled: true")) {
            assertEquals(
                    new ObjectMapper()
                            .readTree(
                                    "{\"workspace\":\"acme\",\"channel\":\"private-prod-segment-events\","
                                            + "\"tokenUrl\":null,\"ws\":\"/ws\",\"graph\":null,\"events\":null,\"graphOrigins\":[]}"),
                    new ObjectMapper().readTree(get(gateway, "/page.json").body()));
            assertEquals(404, get(gateway, "/page/graph").statusCode());
        }
    }

    @Test
    void theOperatorsGraph_isServedAsItIs_andMoreMayBeLoadedFromItsOrigins() throws Exception {
        Path graph = Files.writeString(folder.resolve("graph.json"), "{\"nodes\": [{\"id\": \"n1\"}]}");
        Path events = Files.writeString(folder.resolve("events.yaml"), "- id: über\n");
        try (TestGateway gateway =
                start("graphFile: " + graph + ", eventsFile: " + events + ", graphOrigins: [https://graphs.example]")) {
            var settings =
                    new ObjectMapper().readTree(get(gateway, "/page.json").body());
            assertEquals("./page/graph", settings.path("graph").asText());
            assertEquals("./page/events", settings.path("events").asText());
            assertEquals(
                    "[\"https://graphs.example\"]",
                    settings.path("graphOrigins").toString());
            assertEquals(
                    "{\"nodes\": [{\"id\": \"n1\"}]}",
                    get(gateway, "/page/graph").body());
            assertEquals("- id: über\n", get(gateway, "/page/events").body());
            HttpResponse<String> first = get(gateway, "/page/graph");
            String tag = first.headers().firstValue("ETag").orElseThrow();
            assertEquals(304, get(gateway, "/page/graph", "If-None-Match", tag).statusCode());
            assertEquals(
                    "gzip",
                    get(gateway, "/page/graph", "Accept-Encoding", "gzip")
                            .headers()
                            .firstValue("Content-Encoding")
                            .orElse(""));
        }
    }

    @Test
    void itMayConnectToItsGateway_andToTheOriginsOfItsTokenAndItsGraphs() {
        assertEquals("'self'", connectSources(""));
        assertEquals("'self'", connectSources("/token"));
        assertEquals(
                "'self' https://id.example:8443 https://graphs.example",
                connectSources("https://id.example:8443/token?a=1", "https://graphs.example"));
    }
}

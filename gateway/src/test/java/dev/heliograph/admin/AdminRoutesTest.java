package dev.heliograph.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.Secret;
import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.http.BodyWorkers;
import dev.heliograph.http.EventLoops;
import dev.heliograph.http.HttpServer;
import dev.heliograph.http.Listener;
import dev.heliograph.http.Router;
import dev.heliograph.metrics.Exposition;
import dev.heliograph.metrics.Metrics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminRoutesTest {
    private static final Secret TOKEN = new Secret("operator-token-of-the-test-0123456789");

    private final EventLoops loops = EventLoops.create(Transport.AUTO, 2, "admin-test");
    private final EventLoops watched = EventLoops.create(Transport.NIO, 2, "admin-test-watched");
    private final Exposition exposition = new Exposition();
    private final AtomicReference<Optional<String>> notReady = new AtomicReference<>(Optional.empty());
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;

    record Sockets(int open, String transport) {}

    @BeforeEach
    void start() throws Exception {
        var router = new Router();
        var view = new OperatorView(
                watched,
                notReady::get,
                exposition,
                Map.of(
                        "sockets", () -> new Sockets(3, "epoll"),
                        "broken",
                                () -> {
                                    throw new IllegalStateException("secret detail");
                                }));
        AdminRoutes.register(router, view, TOKEN, task -> Thread.ofVirtual().start(task));
        server = HttpServer.start(
                new Listener("admin", "127.0.0.1", 0),
                router,
                loops,
                LimitsConfig.DEFAULT,
                new BodyWorkers(1),
                new Metrics(exposition.registry()));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close(1_000).get(10, TimeUnit.SECONDS);
        loops.close();
        watched.close();
        exposition.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void health_isWhetherEveryLoopAnswers() throws Exception {
        assertEquals(200, get("/healthz").statusCode());
        var release = new CountDownLatch(1);
        watched.group().next().execute(() -> {
            try {
                release.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        HttpResponse<String> failing = get("/healthz");
        release.countDown();
        assertEquals(503, failing.statusCode());
        assertTrue(failing.body().contains("an event loop does not answer"), failing.body());
    }

    @Test
    void readiness_saysWhyNot() throws Exception {
        assertEquals(200, get("/readyz").statusCode());
        notReady.set(Optional.of("draining"));
        HttpResponse<String> draining = get("/readyz");
        assertEquals(503, draining.statusCode());
        JsonNode body = new ObjectMapper().readTree(draining.body());
        assertEquals("not_ready", body.path("status").asText());
        assertEquals("draining", body.path("reason").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/statez"})
    void guardedPaths_askForTheToken(String path) throws Exception {
        HttpResponse<String> none = get(path);
        assertEquals(401, none.statusCode());
        assertEquals(
                "Bearer realm=\"heliograph\"",
                none.headers().firstValue("WWW-Authenticate").orElse(""));
        assertEquals(
                401,
                get(path, "Authorization", "Bearer " + TOKEN.reveal() + "x").statusCode());
        assertEquals(401, get(path, "Authorization", "Basic " + TOKEN.reveal()).statusCode());
        assertEquals(401, get(path, "Authorization", TOKEN.reveal()).statusCode());
        assertEquals(401, get(path + "?token=" + TOKEN.reveal()).statusCode());
        assertEquals(200, get(path, "Authorization", "bearer " + TOKEN.reveal()).statusCode());
    }

    @Test
    void metrics_areInPrometheusText() throws Exception {
        HttpResponse<String> answer = get("/metrics", "Authorization", "Bearer " + TOKEN.reveal());
        assertEquals(
                Exposition.CONTENT_TYPE,
                answer.headers().firstValue("Content-Type").orElse(""));
        assertTrue(answer.body().contains("heliograph_http_connections_total 1.0"), answer.body());
    }

    @Test
    void state_printsEverySection_thoughOneFails_andLeaksNothingOfWhy() throws Exception {
        HttpResponse<String> answer = get("/statez", "Authorization", "Bearer " + TOKEN.reveal());
        JsonNode state = new ObjectMapper().readTree(answer.body());
        assertEquals(3, state.path("sockets").path("open").asInt());
        assertTrue(state.path("broken").has("error"));
        assertFalse(answer.body().contains("secret detail"));
    }

    @ParameterizedTest
    @CsvSource({"/, 404", "/statez/x, 404", "/debug, 404"})
    void allElse_isNotThere(String path, int status) throws Exception {
        assertEquals(
                status, get(path, "Authorization", "Bearer " + TOKEN.reveal()).statusCode());
    }
}

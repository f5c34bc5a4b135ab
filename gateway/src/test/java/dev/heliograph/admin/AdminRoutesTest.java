package dev.heliograph.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import dev.heliograph.http.Response;
import dev.heliograph.http.Router;
import dev.heliograph.metrics.Exposition;
import dev.heliograph.metrics.LoopMeter;
import dev.heliograph.metrics.LoopMeters;
import dev.heliograph.metrics.LoopMeters.Window;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.Stage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
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
    private final List<LoopMeter> meters =
            List.of(LoopMeter.create(System::nanoTime), LoopMeter.create(System::nanoTime));
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
                new LoopMeters(meters),
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
    @ValueSource(strings = {"/metrics", "/metrics/latency.hgrm", "/statez"})
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
    void doors_lieBelowAdmin() {
        var refused = assertThrows(
                IllegalArgumentException.class, () -> OperatorDoor.get("/explain", _ -> Response.json(200, "{}")));
        assertEquals("path /explain: expected one below /admin/", refused.getMessage());
    }

    @Test
    void metrics_areInPrometheusText() throws Exception {
        HttpResponse<String> answer = get("/metrics", "Authorization", "Bearer " + TOKEN.reveal());
        assertEquals(
                Exposition.CONTENT_TYPE,
                answer.headers().firstValue("Content-Type").orElse(""));
        assertTrue(answer.body().contains("heliograph_http_connections_total 1.0"), answer.body());
    }

    /** A publication that took that long. */
    private void deliver(int loop, long micros) {
        long now = meters.get(loop).recorder().now();
        meters.get(loop).recorder().onPass(List.of(now - micros * 1_000), at -> at, at -> at, now, 1);
    }

    private HttpResponse<String> file(String query) throws Exception {
        return get("/metrics/latency.hgrm" + query, "Authorization", "Bearer " + TOKEN.reveal());
    }

    @Test
    void latencyFile_readsBackAsTheHistogramItCameFrom() throws Exception {
        for (int i = 1; i <= 1_000; i++) {
            deliver(i % 2, 100L * i);
        }
        HttpResponse<String> answer = file("");
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(
                "attachment; filename=\"latency-total-all.hgrm\"",
                answer.headers().firstValue("Content-Disposition").orElse(""));
        Histogram all = new LoopMeters(meters).latency(Stage.TOTAL, Window.START);
        List<String> lines = answer.body().lines().toList();
        assertEquals(
                "Value Percentile TotalCount 1/(1-Percentile)",
                lines.getFirst().strip().replaceAll(" +", " "));
        List<String> rows = lines.stream().filter(l -> l.matches(" *[0-9].*")).toList();
        assertTrue(rows.size() > 20, answer.body());
        for (String row : rows) {
            String[] cells = row.strip().split(" +", -1);
            double quantile = Double.parseDouble(cells[1]);
            assertEquals(
                    (double) all.getValueAtPercentile(quantile * 100) / 1e3,
                    Double.parseDouble(cells[0]),
                    Double.parseDouble(cells[0]) / 100 + 0.001,
                    row);
        }
        String[] last = rows.getLast().strip().split(" +", -1);
        assertEquals(1_000, Integer.parseInt(last[2]), "all of them are in it");
        assertEquals(1.0, Double.parseDouble(last[1]));
    }

    @ParameterizedTest
    @CsvSource({
        "?loop=all, 3",
        "?loop=0, 2",
        "?loop=1&stage=total, 1",
        "?loop=0&stage=sequenced&window=start, 2",
        "?window=interval, 0"
    })
    void latencyFile_isOfTheLoopStageAndWindowAskedFor(String query, int count) throws Exception {
        deliver(0, 10);
        deliver(0, 10);
        deliver(1, 10);
        HttpResponse<String> answer = file(query);
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().matches("(?s).*Total count *= *" + count + "].*"), answer.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?stage=read|parameter stage: read is none of sequenced, handed_over, written, total",
                "?stage=|parameter stage:  is none of sequenced, handed_over, written, total",
                "?window=day|parameter window: day is none of start, interval",
                "?loop=2|parameter loop: 2 is not all or a number from 0 to 1",
                "?loop=-1|parameter loop: -1 is not all or a number from 0 to 1",
                "?loop=99999999999|parameter loop: 99999999999 is not all or a number from 0 to 1",
                "?loop=\u0661|parameter loop: \u0661 is not all or a number from 0 to 1",
                "?lop=1|parameter lop: not known; expected loop, stage, window",
                "?loop=0&loop=1|parameter loop: given more than once",
                "?stage=%22%3C|parameter stage: \"< is none of sequenced, handed_over, written, total"
            })
    void latencyFile_thatCannotBeHad_saysWhatCan(String query, String complaint) throws Exception {
        HttpResponse<String> answer = file(query.replace("\u0661", "%D9%A1"));
        assertEquals(400, answer.statusCode());
        JsonNode error = new ObjectMapper().readTree(answer.body());
        assertEquals("bad_request", error.path("code").asText());
        assertEquals(complaint, error.path("message").asText());
    }

    @Test
    void state_printsEverySection_thoughOneFails_andLeaksNothingOfWhy() throws Exception {
        HttpResponse<String> answer = get("/statez", "Authorization", "Bearer " + TOKEN.reveal());
        JsonNode state = new ObjectMapper().readTree(answer.body());
        assertEquals(3, state.path("sockets").path("open").asInt());
        assertTrue(state.path("broken").has("error"));
        assertFalse(answer.body().contains("secret detail"));
    }

    @Test
    void state_isOfTheSectionsAskedFor() throws Exception {
        HttpResponse<String> answer = get("/statez?sections=sockets", "Authorization", "Bearer " + TOKEN.reveal());
        assertEquals(200, answer.statusCode(), answer.body());
        JsonNode state = new ObjectMapper().readTree(answer.body());
        assertEquals(3, state.path("sockets").path("open").asInt());
        assertEquals(1, state.size(), "nothing else is made");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sections=sockets,socks|parameter sections: there is no section 'socks'; expected some of broken, sockets",
                "sections=|parameter sections: there is no section ''; expected some of broken, sockets",
                "section=sockets|parameter section: not known; expected sections"
            })
    void state_ofWhatIsNotThere_saysWhatIs(String query, String complaint) throws Exception {
        HttpResponse<String> answer = get("/statez?" + query, "Authorization", "Bearer " + TOKEN.reveal());
        assertEquals(400, answer.statusCode());
        assertEquals(
                complaint,
                new ObjectMapper().readTree(answer.body()).path("message").asText());
    }

    @Test
    void consolesFiles_needNoToken_andAreKeptFromAllElse() throws Exception {
        HttpResponse<String> index = get("/console/");
        assertEquals(200, index.statusCode(), index.body());
        assertEquals("no-cache", index.headers().firstValue("Cache-Control").orElse(""));
        String policy = index.headers().firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
        assertTrue(
                policy.contains("connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
                policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertEquals("DENY", index.headers().firstValue("X-Frame-Options").orElse(""));
        HttpResponse<String> script = get("/console/assets/main-0a1b2c.js");
        assertEquals(
                "public, max-age=31536000, immutable",
                script.headers().firstValue("Cache-Control").orElse(""));
        assertEquals(
                policy, script.headers().firstValue("Content-Security-Policy").orElse(""));
        assertEquals(404, get("/console/assets/none.js").statusCode());
    }

    @Test
    void console_withoutASlash_isSentToTheOneWith() throws Exception {
        HttpResponse<String> answer = get("/console");
        assertEquals(308, answer.statusCode());
        assertEquals("./console/", answer.headers().firstValue("Location").orElse(""));
    }

    @ParameterizedTest
    @CsvSource({"/, 404", "/statez/x, 404", "/debug, 404"})
    void allElse_isNotThere(String path, int status) throws Exception {
        assertEquals(
                status, get(path, "Authorization", "Bearer " + TOKEN.reveal()).statusCode());
    }
}

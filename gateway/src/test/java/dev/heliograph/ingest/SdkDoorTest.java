package dev.heliograph.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.pipeline.TestConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SDKs get when they post to {@code /v1}. */
final class SdkDoorTest {
    private static final String KEY = "web-write-key";
    private static final String EVENT = "{\"event\":\"e\",\"messageId\":\"m\"}";

    private DoorServer server;

    @BeforeEach
    void start() throws IOException {
        server = new DoorServer(TestConfig.config(
                TestConfig.workspace("acme", null, false, TestConfig.source("web"), TestConfig.source("app")),
                TestConfig.workspace("beta", null, false, TestConfig.source("shop"))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static void assertAccepted(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(DoorServer.OK, answer.body());
        assertEquals(
                "application/json", answer.headers().firstValue("Content-Type").orElse(""));
        assertEquals(
                "*", answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        assertEquals(
                "Retry-After",
                answer.headers().firstValue("Access-Control-Expose-Headers").orElse(""));
    }

    private void assertRejected(String code, HttpResponse<String> answer) {
        assertEquals(400, answer.statusCode(), answer.body());
        JsonNode body = json(answer.body());
        assertEquals(code, body.get("code").asText());
        assertFalse(body.get("message").asText().isEmpty());
        assertEquals(
                "*", answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        assertEquals(0, server.harness.published().size());
        assertEquals(0, server.harness.count(Count.INGEST_REQUESTS));
        assertEquals(1, server.harness.count(Count.INGEST_REJECTED));
    }

    @ParameterizedTest
    @CsvSource({
        "track, track",
        "t, track",
        "identify, identify",
        "i, identify",
        "page, page",
        "p, page",
        "screen, screen",
        "s, screen",
        "group, group",
        "g, group",
        "alias, alias",
        "a, alias"
    })
    void singleEventPaths_nameTheType(String path, String type) {
        assertAccepted(
                server.post("/v1/" + path, "{\"event\":\"e\",\"type\":\"other\"}", "Authorization", basic(KEY + ":")));
        assertAccepted(server.post("/v1/" + path + "/", "{\"event\":\"e\"}", "Authorization", basic(KEY + ":")));
        assertEquals(2, server.harness.published().size());
        assertEquals(type, json(server.harness.last()).get("type").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/batch", "/v1/batch/", "/v1/import", "/v1/import/", "/v1/b", "/v1/b/"})
    void batchPaths(String path) {
        assertAccepted(
                server.post(path, "{\"batch\":[{\"type\":\"track\",\"event\":\"e\"}],\"writeKey\":\"" + KEY + "\"}"));
        assertEquals(1, server.harness.published().size());
    }

    @ParameterizedTest
    @CsvSource({
        "analytics-node-3.1.0-batch.json, /v1/batch, application/json, 1",
        "analytics-next-1.84.3-track.json, /v1/t, text/plain, 1",
        "analytics-next-1.84.3-batch.json, /v1/b, text/plain, 2",
        "analytics-java-3.5.4-import.json, /v1/import/, application/json; charset=UTF-8, 1",
        "analytics-python-2.3.4-batch.json, /v1/batch, application/json, 1",
        "rudder-node-3.0.13-batch.json, /v1/batch, application/x-www-form-urlencoded, 1"
    })
    void bodiesOfSdks_areAcceptedWhateverTheirContentType(String file, String path, String contentType, int events) {
        byte[] body = DoorServer.golden(file);
        assertAccepted(server.send("POST", path, body, "Content-Type", contentType, "Authorization", basic(KEY + ":")));
        assertEquals(events, server.harness.published().size());
        assertEquals(1, server.harness.count(Count.INGEST_REQUESTS));
        assertEquals(body.length, server.harness.count(Count.INGEST_BYTES));
    }

    @Test
    void metricsOfAnalyticsNext_areAcceptedAndIgnored() {
        assertAccepted(server.send("POST", "/v1/m", DoorServer.golden("analytics-next-metrics.json")));
        assertEquals(1, server.harness.dropped(DropReason.IGNORED));
        assertEquals(0, server.harness.published().size());
    }

    @ParameterizedTest
    @CsvSource({
        "shop-write-key:, app-write-key, web-write-key, beta/shop",
        "shop-write-key, app-write-key, web-write-key, beta/shop",
        "'', app-write-key, web-write-key, acme/app",
        "'', '', web-write-key, acme/web",
        "'', web-write-key, k:***, acme/web"
    })
    void writeKey_isTakenFromBasicThenHeaderThenBody(String user, String header, String inBody, String source) {
        var headers = new ArrayList<String>();
        if (!user.isEmpty()) {
            Collections.addAll(headers, "Authorization", basic(user));
        }
        if (!header.isEmpty()) {
            Collections.addAll(headers, "X-Write-Key", header);
        }
        String body = "{\"event\":\"e\",\"writeKey\":\"" + inBody + "\"}";
        assertAccepted(server.post("/v1/track", body, headers.toArray(String[]::new)));
        JsonNode event = json(server.harness.broker.drafts().getFirst().data().toString());
        assertEquals(
                source,
                event.get("workspace").asText() + "/" + event.get("source").asText());
    }

    @Test
    void bearer_isNoWriteKeyAndLeavesTheBodys() {
        assertAccepted(server.post(
                "/v1/track", "{\"event\":\"e\",\"writeKey\":\"" + KEY + "\"}", "Authorization", "Bearer x"));
    }

    @Test
    void unknownWriteKey_isRejectedThoughTheBodyHasAGoodOne() {
        String body = "{\"event\":\"e\",\"writeKey\":\"" + KEY + "\"}";
        assertRejected("unknown_write_key", server.post("/v1/track", body, "Authorization", basic("nobody:")));
    }

    @Test
    void unknownWriteKeyInTheBody_isRejected() {
        assertRejected("unknown_write_key", server.post("/v1/track", "{\"event\":\"e\",\"writeKey\":\"nobody\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"e\"}",
                "{\"event\":\"e\",\"writeKey\":\"k:***\"}",
                "{\"event\":\"e\",\"writeKey\":null}"
            })
    void noWriteKey_isRejected(String body) {
        assertRejected("missing_write_key", server.post("/v1/track", body));
    }

    @Test
    void basicThatIsNotBase64_isRejected() {
        assertRejected("bad_authorization", server.post("/v1/track", EVENT, "Authorization", "Basic §$%"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"event":"e"            | malformed_json
            {"event":"e","event":1} | malformed_json
            ``                      | malformed_json
            []                      | malformed_body
            {"event":""}            | malformed_event
            """)
    void badBodies_areRejectedByName(String body, String code) {
        assertRejected(code, server.post("/v1/track", body, "Authorization", basic(KEY)));
    }

    @Test
    void eventOf33Kilobytes_isRejectedAlone() {
        String body = "{\"event\":\"e\",\"properties\":{\"p\":\"" + "x".repeat(33 * 1_024) + "\"}}";
        assertRejected("event_too_large", server.post("/v1/track", body, "Authorization", basic(KEY)));
    }

    @Test
    void eventOf33Kilobytes_isDroppedFromABatchAndTheRestAccepted() {
        String big = "{\"type\":\"track\",\"event\":\"e\",\"properties\":{\"p\":\"" + "x".repeat(33 * 1_024) + "\"}}";
        String small = "{\"type\":\"track\",\"event\":\"e\"}";
        String body = "{\"batch\":[" + small + "," + big + "," + small + "]}";
        assertAccepted(server.post("/v1/batch", body, "Authorization", basic(KEY)));
        assertEquals(2, server.harness.published().size());
        assertEquals(1, server.harness.dropped(DropReason.OVERSIZE));
        assertEquals(3, server.harness.count(Count.INGEST_EVENTS));
    }

    @Test
    void batch_of501Kilobytes_isRejectedWhole() {
        String event = "{\"type\":\"track\",\"event\":\"e\",\"properties\":{\"p\":\"" + "x".repeat(20_000) + "\"}}";
        StringBuilder body = new StringBuilder("{\"batch\":[" + event);
        while (body.length() < 501 * 1_024) {
            body.append(',').append(event);
        }
        assertRejected(
                "body_too_large", server.post("/v1/batch", body.append("]}").toString(), "Authorization", basic(KEY)));
    }

    @Test
    void batch_of2501Events_isRejectedWhole() {
        String events = String.join(",", Collections.nCopies(2_500, "{\"type\":\"page\"}"));
        assertRejected(
                "too_many_events",
                server.post(
                        "/v1/batch", "{\"batch\":[" + events + ",{\"type\":\"page\"}]}", "Authorization", basic(KEY)));
        assertAccepted(server.post("/v1/batch", "{\"batch\":[" + events + "]}", "Authorization", basic(KEY)));
        assertEquals(2_500, server.harness.published().size());
    }

    @Test
    void compressedBodies_areRead() throws IOException {
        byte[] body = DoorServer.golden("rudder-node-3.0.13-batch.json");
        var gzip = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(gzip)) {
            out.write(body);
        }
        assertAccepted(server.send(
                "POST", "/v1/batch", gzip.toByteArray(), "Content-Encoding", "gzip", "Authorization", basic(KEY)));
        var deflate = new ByteArrayOutputStream();
        try (var out = new DeflaterOutputStream(deflate)) {
            out.write(body);
        }
        assertAccepted(server.send(
                "POST",
                "/v1/batch",
                deflate.toByteArray(),
                "Content-Encoding",
                "deflate",
                "Authorization",
                basic(KEY)));
        assertEquals(1, server.harness.published().size());
        assertEquals(1, server.harness.dropped(DropReason.DUPLICATE));
        assertEquals(2 * body.length, server.harness.count(Count.INGEST_BYTES));
    }

    @Test
    void gzipBomb_isRejectedAsTooLarge() throws IOException {
        var gzip = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(gzip)) {
            out.write(new byte[64 << 20]);
        }
        assertTrue(gzip.size() < 512_000);
        assertRejected(
                "body_too_large",
                server.send(
                        "POST",
                        "/v1/batch",
                        gzip.toByteArray(),
                        "Content-Encoding",
                        "gzip",
                        "Authorization",
                        basic(KEY)));
    }

    @Test
    void brokerThatFails_isAnsweredWith503AndTheRetryComesThrough() {
        server.harness.broker.failing = draft -> true;
        HttpResponse<String> answer = server.post("/v1/track", EVENT, "Authorization", basic(KEY));
        assertEquals(503, answer.statusCode());
        assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
        assertEquals("unavailable", json(answer.body()).get("code").asText());
        server.harness.broker.failing = draft -> false;
        assertAccepted(server.post("/v1/track", EVENT, "Authorization", basic(KEY)));
        assertEquals(1, server.harness.published().size());
    }

    @Test
    void preflight_allowsWhatSdksSend() {
        HttpResponse<String> answer = server.send(
                "OPTIONS",
                "/v1/t",
                new byte[0],
                "Origin",
                "https://shop.example",
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type");
        assertEquals(204, answer.statusCode());
        assertEquals(
                "*", answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        assertEquals(
                "authorization, content-type, x-retry-count, x-write-key",
                answer.headers().firstValue("Access-Control-Allow-Headers").orElse(""));
        assertEquals(
                "86400", answer.headers().firstValue("Access-Control-Max-Age").orElse(""));
        assertTrue(answer.headers()
                .firstValue("Access-Control-Allow-Methods")
                .orElse("")
                .contains("POST"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/projects/web-write-key/settings", "/v1/projects/web-write-key/settings/"})
    void settings_pointAtThisGateway(String path) {
        HttpResponse<String> answer = server.send("GET", path, new byte[0]);
        assertEquals(200, answer.statusCode());
        assertEquals(
                "{\"integrations\":{\"Segment.io\":{\"apiKey\":\"web-write-key\",\"apiHost\":\"" + server.host()
                        + "/v1\",\"bundlingStatus\":\"bundled\",\"addBundledMetadata\":true}},"
                        + "\"plan\":{\"track\":{\"__default\":{\"enabled\":true}}},\"edgeFunction\":{}}",
                answer.body());
        assertEquals(
                "*", answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/projects/nobody/settings", "/v1/projects/web-write-key", "/v1/projects/a/b/settings"})
    void settings_ofAnUnknownKey_are404(String path) {
        assertEquals(404, server.send("GET", path, new byte[0]).statusCode());
    }

    @Test
    void workspaces_neverMix() {
        assertAccepted(server.post("/v1/track", EVENT, "Authorization", basic("web-write-key")));
        assertAccepted(server.post("/v1/track", EVENT, "Authorization", basic("shop-write-key")));
        assertEquals(
                1,
                server.harness.broker.data("acme/private-prod-segment-events").size());
        assertEquals(
                1,
                server.harness.broker.data("beta/private-prod-segment-events").size());
        assertEquals(0, server.harness.dropped(DropReason.DUPLICATE));
        assertEquals(
                "2026-11-21T12:00:00.000Z",
                json(server.harness.last()).get("arrived_at").asText());
    }
}

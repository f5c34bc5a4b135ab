package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From a producer's HTTP request to a subscriber's frame, through a whole gateway. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class IngestToWebSocketTest {
    private static final String KEY = "X-Write-Key: acme-web-key";

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** Segment's signature of a webhook body. */
    static String sign(String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(TestGateway.WEBHOOK_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static WsClient watcher() throws IOException {
        WsClient client = gateway.connect(TestToken.acme());
        client.subscribe(TestGateway.EVENTS);
        return client;
    }

    private static String names(JsonNode object) {
        var names = new TreeSet<String>();
        object.properties().forEach(field -> names.add(field.getKey()));
        return names.toString();
    }

    private static void accepted(TestGateway.Answer answer) {
        assertEquals(200, answer.status(), answer::toString);
        assertEquals("{\"success\":true}", answer.body().replaceAll("\\s", ""));
    }

    @Test
    void track_arrivesAsTheEnvelopeOfTheProtocol_andNothingElse() throws IOException {
        try (WsClient client = watcher()) {
            accepted(gateway.post("/v1/track", """
                    {"type":"track","event":"Order Completed","userId":"u-secret","anonymousId":"a-secret","messageId":"m-envelope",
                     "timestamp":"2026-02-03T12:00:00.000Z","sentAt":"2026-02-03T12:00:00.000Z",
                     "properties":{"checkpoint":"payment","secret_plan":"canary","value":12.50,"email":"alice@example.com","trace_id":"t-1"},
                     "context":{"ip":"203.0.113.7","traits":{"plan":"pro","phone":"canary"}}}""", KEY));
            JsonNode event = client.expect("event");
            assertEquals("[channel, payload, position, timestamp, type, version]", names(event));
            assertEquals("segment-event", event.at("/payload/name").asText());
            JsonNode data = event.at("/payload/data");
            assertEquals(
                    "[arrived_at, env, event_name, late, message_id, occurred_at, properties, sample_rate, source, time_source, trace_id, traits, type, user, workspace]",
                    names(data));
            assertEquals("Order Completed", data.path("event_name").asText());
            assertEquals("track", data.path("type").asText());
            assertEquals("m-envelope", data.path("message_id").asText());
            assertEquals("t-1", data.path("trace_id").asText());
            assertEquals("acme-web", data.path("source").asText());
            assertEquals("acme", data.path("workspace").asText());
            assertEquals("prod", data.path("env").asText());
            assertEquals("skew_corrected", data.path("time_source").asText());
            assertEquals(1, data.path("sample_rate").asInt());
            assertTrue(data.path("user").asText().startsWith("p_"), data::toString);
            assertEquals(
                    "{\"checkpoint\":\"payment\",\"value\":12.5,\"email\":\"[redacted]\"}",
                    data.path("properties").toString());
            assertEquals("{\"plan\":\"pro\"}", data.path("traits").toString());
            for (String hidden : List.of("canary", "u-secret", "a-secret", "alice", "203.0.113.7", "secret_plan")) {
                assertFalse(event.toString().contains(hidden), () -> hidden + " in " + event);
            }
        }
    }

    @Test
    void batch_arrivesInItsOrder_withoutTheOnesThatAreNoEvents() throws IOException {
        try (WsClient client = watcher()) {
            var events = new ArrayList<String>();
            for (int i = 0; i < 100; i++) {
                events.add("{\"type\":\"track\",\"event\":\"Step " + i + "\",\"userId\":\"u\",\"messageId\":\"b-" + i
                        + "\"}");
            }
            events.add(
                    50,
                    "{\"type\":\"track\",\"event\":\"Huge\",\"userId\":\"u\",\"properties\":{\"x\":\""
                            + "x".repeat(33_000) + "\"}}");
            events.add(20, "7");
            double oversize = gateway.metric("heliograph_events_dropped_total{reason=\"oversize\"}");
            accepted(gateway.post(
                    "/v1/batch", "{\"batch\":[" + String.join(",", events) + "],\"writeKey\":\"acme-web-key\"}"));
            long before = 0;
            for (int i = 0; i < 100; i++) {
                JsonNode event = client.expect("event");
                assertEquals("Step " + i, event.at("/payload/data/event_name").asText());
                long offset = event.at("/position/offset").asLong();
                assertTrue(before == 0 || offset == before + 1);
                before = offset;
            }
            assertEquals(oversize + 1, gateway.metric("heliograph_events_dropped_total{reason=\"oversize\"}"));
        }
    }

    @Test
    void duplicateMessageId_isAcceptedAndPublishedOnce() throws IOException {
        try (WsClient client = watcher()) {
            String event = "{\"type\":\"track\",\"event\":\"%s\",\"userId\":\"u\",\"messageId\":\"%s\"}";
            for (int i = 0; i < 3; i++) {
                accepted(gateway.post("/v1/track", event.formatted("Once", "dup-1"), KEY));
            }
            accepted(gateway.post("/v1/track", event.formatted("Last", "dup-2"), KEY));
            assertEquals(
                    "Once",
                    client.expect("event").at("/payload/data/event_name").asText());
            assertEquals(
                    "Last",
                    client.expect("event").at("/payload/data/event_name").asText());
            assertEquals(2, gateway.metric("heliograph_events_dropped_total{reason=\"duplicate\"}"));
        }
    }

    @Test
    void webhook_withItsSignature_arrives_withAWrongOneNot() throws IOException {
        try (WsClient client = watcher()) {
            String body =
                    "{\"type\":\"page\",\"name\":\"Home\",\"category\":\"Docs\",\"anonymousId\":\"a\",\"messageId\":\"w-1\"}";
            String path = "/ingest/segment/acme-web";
            assertEquals(401, gateway.post(path, body).status());
            assertEquals(
                    401,
                    gateway.post(path, body, "X-Signature: " + sign(body + " ")).status());
            assertEquals(
                    403,
                    gateway.post(path, "[" + body + "]", "X-Signature: " + sign(body))
                            .status());
            assertEquals(
                    404,
                    gateway.post("/ingest/segment/nobody", body, "X-Signature: " + sign(body))
                            .status());
            accepted(gateway.post(path, body, "X-Signature: " + sign(body)));
            JsonNode data = client.expect("event").at("/payload/data");
            assertEquals("page", data.path("type").asText());
            assertTrue(data.path("event_name").asText().contains("Home"), data::toString);
        }
    }

    @Test
    void deletion_purgesThatPersonFromHistory_andTheirOffsetsCountAsSeen() throws IOException {
        try (WsClient client = watcher()) {
            trackPurgeable("stays");
            String position = client.expect("event").path("position").toString();
            for (String person : List.of("goes", "stays", "goes")) {
                trackPurgeable(person);
                client.expect("event");
            }
            String deletion = "{\"type\":\"delete\",\"userId\":\"goes\"}";
            accepted(gateway.post("/ingest/segment/acme-web", deletion, "X-Signature: " + sign(deletion)));
            client.send("{\"type\":\"unsubscribe\",\"channel\":\"" + TestGateway.EVENTS + "\"}");
            client.send("{\"type\":\"subscribe\",\"channel\":\"" + TestGateway.EVENTS + "\",\"payload\":{\"recover\":"
                    + position + "}}");
            assertTrue(client.expect("subscribed").at("/payload/recovered").asBoolean());
            long first = Long.parseLong(position.replaceAll(".*\"offset\":(\\d+).*", "$1"));
            assertEquals(
                    first + 2, client.expect("event").at("/position/offset").asLong());
            client.send("{\"type\":\"ping\"}").expect("pong");
            assertEquals(2, gateway.metric("heliograph_history_purged_total"));
        }
    }

    private static void trackPurgeable(String person) throws IOException {
        accepted(gateway.post(
                "/v1/track", "{\"type\":\"track\",\"event\":\"Purge me\",\"userId\":\"" + person + "\"}", KEY));
    }

    @Test
    void filteredSubscriber_getsOnlyItsEvents_whateverElseIsInThem() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            new Transcript(client).play("""
                    > {"type":"subscribe","channel":"private-prod-segment-events","payload":{"filter":{"and":[{"eq":["event_name","Filtered"]},{"gt":["properties.value",10]}]}}}
                    < {"type":"subscribed"}
                    """);
            String event =
                    "{\"type\":\"track\",\"event\":\"Filtered\",\"userId\":\"u\",\"properties\":{\"value\":%s,\"checkpoint\":%s}}";
            String deep = "[".repeat(12) + "]".repeat(12);
            for (String value : List.of("9", "\"11\"", "null", "-1e400", "{\"a\":11}", deep, "1" + "0".repeat(200))) {
                accepted(gateway.post("/v1/track", event.formatted(value, deep), KEY));
            }
            accepted(gateway.post("/v1/track", event.formatted("11", "\"the one\""), KEY));
            assertEquals(
                    "the one",
                    client.expect("event")
                            .at("/payload/data/properties/checkpoint")
                            .asText());
        }
    }

    @Test
    void nobodyWatching_andNothingRetained_isCountedAndNothingElse() throws IOException {
        String event = "{\"type\":\"track\",\"event\":\"Unseen\",\"userId\":\"u\",\"writeKey\":\"acme-quiet-key\"}";
        accepted(gateway.post("/v1/track", event));
        assertEquals(1, gateway.metric("heliograph_events_dropped_total{reason=\"unwatched\"}"));
        try (WsClient client = gateway.connect(TestToken.acme())) {
            assertEquals(
                    0,
                    client.subscribe("private-quiet-segment-events")
                            .at("/payload/position/offset")
                            .asInt());
            accepted(gateway.post("/v1/track", event));
            assertEquals(1, client.expect("event").at("/position/offset").asInt());
        }
        assertEquals(1, gateway.metric("heliograph_events_dropped_total{reason=\"unwatched\"}"));
    }

    @Test
    void refusedRequests_areAnsweredByWhatIsWrong_andPublishNothing() throws IOException {
        try (WsClient client = watcher()) {
            String event = "{\"type\":\"track\",\"event\":\"Refused\",\"userId\":\"u\"}";
            assertEquals(400, gateway.post("/v1/track", event).status());
            assertEquals(
                    400,
                    gateway.post("/v1/track", event, "X-Write-Key: wrong-key").status());
            assertEquals(400, gateway.post("/v1/track", event.substring(1), KEY).status());
            assertEquals(400, gateway.post("/v1/batch", "{\"batch\":7}", KEY).status());
            String tooMany = "{\"batch\":[" + "{},".repeat(2_500) + "{}]}";
            assertEquals(400, gateway.post("/v1/batch", tooMany, KEY).status());
            assertEquals(
                    400, gateway.post("/v1/batch", " ".repeat(513_000), KEY).status());
            client.send("{\"type\":\"ping\"}").expect("pong");
        }
    }
}

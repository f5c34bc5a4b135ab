package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestGateway.Answer;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client of {@code /sse} is told, and who is not let in. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class EventStreamTest {
    private static final String FILTER = "{\"eq\":[\"kind\",\"wanted\"]}";

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        gateway.untilEmpty();
        gateway.close();
    }

    private static String bearer() {
        return "Authorization: Bearer " + TestToken.acme().text();
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Test
    void stream_isAnsweredForProxiesAndPages_thenBringsEventsInOrder() throws IOException {
        try (SseClient client = SseClient.open(gateway, "/sse?channel=short-order", bearer());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            assertEquals("text/event-stream", client.header("Content-Type"));
            assertEquals("no-store, no-transform", client.header("Cache-Control"));
            assertEquals("no", client.header("X-Accel-Buffering"));
            assertEquals("close", client.header("Connection"));
            assertFalse(client.head().contains("Content-Length"), client::head);
            assertEquals("u1", client.expect("connected").at("/payload/userId").asText());
            assertTrue(client.retryMs() >= 2_000 && client.retryMs() < 4_000, "retry: " + client.retryMs());
            JsonNode joined = client.expect("subscribed").at("/payload/channels/0");
            assertEquals("short-order", joined.path("channel").asText());
            assertFalse(joined.path("wasRecovering").asBoolean());
            for (int i = 1; i <= 50; i++) {
                publisher.publish("short-order", "{\n \"n\":\r\n " + i + "}");
            }
            for (int i = 1; i <= 50; i++) {
                JsonNode event = client.expect("message");
                assertEquals("event", event.path("type").asText());
                assertEquals("short-order", event.path("channel").asText());
                assertEquals(i, event.at("/payload/data/n").asInt());
                assertEquals(i, event.at("/position/offset").asInt());
            }
        }
    }

    @Test
    void lastId_isWhereTheChannelStands_fromTheFirstEventOn() throws IOException {
        String id;
        try (SseClient client = SseClient.open(gateway, "/sse?channel=short-id", bearer());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            client.begin();
            id = client.lastId();
            assertNotEquals("", id);
            publisher.publish("short-id", "1");
            client.expect("message");
            assertNotEquals(id, client.lastId());
        }
        try (SseClient again = SseClient.open(gateway, "/sse?channel=short-id&lastEventId=" + id, bearer())) {
            assertTrue(again.begin().at("/channels/0/recovered").asBoolean());
            assertEquals(1, again.expect("message").at("/position/offset").asInt());
        }
    }

    @Test
    void header_outranksTheQuery_whichABrowserKeepsWhenItReconnects() throws IOException {
        String before;
        String after;
        try (SseClient client = SseClient.open(gateway, "/sse?channel=short-both", bearer());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            client.begin();
            before = client.lastId();
            publisher.publish("short-both", "1");
            client.expect("message");
            after = client.lastId();
            publisher.publish("short-both", "2");
        }
        String target = "/sse?channel=short-both&lastEventId=" + before;
        try (SseClient again = SseClient.open(gateway, target, bearer(), "Last-Event-ID: " + after)) {
            again.begin();
            assertEquals(2, again.expect("message").at("/position/offset").asInt());
        }
    }

    @ParameterizedTest
    @CsvSource({"a-strangers-id", "0f1d7c6e-0000-4000-8000-000000000000", "AAAAAAAA7.another-run"})
    void idThatIsNotKnown_isSaidToBeLost_andTheStreamGoesOn(String id) throws IOException {
        String key = Cursor.key("short-strange");
        String sent = id.replace("AAAAAAAA", key);
        try (SseClient client =
                        SseClient.open(gateway, "/sse?channel=short-strange", bearer(), "Last-Event-ID: " + sent);
                WsClient publisher = gateway.connect(TestToken.acme())) {
            JsonNode joined = client.begin().at("/channels/0");
            assertTrue(joined.path("wasRecovering").asBoolean());
            assertFalse(joined.path("recovered").asBoolean());
            long offset = publisher.publish("short-strange", "1");
            assertEquals(offset, client.expect("message").at("/position/offset").asLong());
        }
    }

    @Test
    void idThatIsTooOld_isSaidToBeLost() throws IOException {
        String id;
        try (SseClient client = SseClient.open(gateway, "/sse?channel=short-old", bearer())) {
            client.begin();
            id = client.lastId();
        }
        try (WsClient publisher = gateway.connect(TestToken.acme())) {
            for (int i = 0; i < 20; i++) {
                publisher.publish("short-old", "1"); // ten are kept
            }
        }
        try (SseClient again = SseClient.open(gateway, "/sse?channel=short-old", bearer(), "Last-Event-ID: " + id)) {
            assertFalse(again.begin().at("/channels/0/recovered").asBoolean());
        }
    }

    @Test
    void filter_letsThroughWhatItMatches_andTheIdMovesPastTheRest() throws IOException {
        String target = "/sse?channel=short-filtered&filter=" + encoded(FILTER);
        try (TestGateway own = TestGateway.start("limits: {pingIntervalMs: 1s}")) {
            String id;
            try (SseClient client = SseClient.open(own, target, bearer());
                    WsClient publisher = own.connect(TestToken.acme())) {
                client.begin();
                publisher.publish("short-filtered", "{\"kind\":\"other\"}");
                publisher.publish("short-filtered", "{\"kind\":\"wanted\"}");
                assertEquals(2, client.expect("message").at("/position/offset").asInt());
                for (int i = 0; i < 30; i++) { // ten are kept
                    publisher.publish("short-filtered", "{\"kind\":\"other\"}");
                }
                client.awaitId();
                id = client.lastId();
            }
            try (SseClient again = SseClient.open(own, target, bearer(), "Last-Event-ID: " + id)) {
                assertTrue(again.begin().at("/channels/0/recovered").asBoolean());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "channel=a b | 400 | BAD_CHANNEL",
                "'' | 400 | BAD_MESSAGE",
                "channel=short-a&filter=%7B%22nope%22:1%7D | 400 | BAD_FILTER",
                "channel=short-a&filter=nope | 400 | BAD_FILTER",
                "channel=private-prod-segment-events&filter=%7B%22eq%22:%5B%22user_id%22,1%5D%7D | 400 | BAD_FILTER",
                "channel=short-a&dialect=klingon | 400 | BAD_MESSAGE",
                "channel=%23members:presence-x | 400 | BAD_CHANNEL"
            })
    void requestThatCannotBeRead_isRefusedBeforeAnyByteOfAStream(String query, int status, String code)
            throws IOException {
        Answer answer = gateway.ask("GET", "/sse?" + query.replace(" ", "%20"), "", bearer());
        assertEquals(status, answer.status(), answer::body);
        assertTrue(answer.body().startsWith("{\"code\":\"" + code + "\""), answer::body);
    }

    @Test
    void moreChannelsThanAConnectionMayHave_areRefused() throws IOException {
        String query =
                IntStream.range(0, 51).mapToObj(i -> "channel=short-" + i).collect(Collectors.joining("&"));
        Answer answer = gateway.ask("GET", "/sse?" + query, "", bearer());
        assertEquals(400, answer.status());
        assertTrue(answer.body().contains("SUBSCRIPTION_LIMIT"), answer::body);
    }

    @ParameterizedTest
    @CsvSource({
        "/sse?channel=public-a, '', 401",
        "/sse?channel=public-a&workspace=acme, '', 200",
        "/sse?channel=short-a&workspace=acme, '', 403",
        "/sse?channel=public-a&workspace=nobody, '', 401",
        "/sse?channel=public-a&channel=short-a&workspace=acme, '', 403",
        "/sse?channel=orders-1, orders-*, 200",
        "/sse?channel=orders-1&channel=orders-2, orders-*, 200",
        "/sse?channel=orders-1&channel=other, orders-*, 403",
        "/sse?channel=user:u1, user:{sub}, 200",
        "/sse?channel=user:u2, user:{sub}, 403",
        "/sse?channel=orders-1, nothing, 403"
    })
    void grants_decide(String target, String pattern, int status) throws IOException {
        String token = TestToken.acme().subscribingTo(pattern).text();
        String asked = pattern.isEmpty() ? target : target + "&token=" + token;
        if (status == 200) {
            try (SseClient client = SseClient.open(gateway, asked)) {
                client.begin();
            }
            return;
        }
        Answer answer = gateway.ask("GET", asked, "");
        assertEquals(status, answer.status(), answer::body);
        assertTrue(
                answer.body().startsWith("{\"code\":\"" + (status == 401 ? "UNAUTHENTICATED" : "FORBIDDEN") + "\""),
                answer::body);
        assertFalse(answer.body().contains(token), answer::body);
    }

    @Test
    void badToken_is401() throws IOException {
        double before = gateway.metric("heliograph_streaming_refused_total{reason=\"unauthenticated\"}");
        String forged = TestToken.acme().signedWith(TestToken.OTHER_SECRET).text();
        assertEquals(
                401,
                gateway.ask("GET", "/sse?channel=short-a&token=" + forged, "").status());
        assertEquals(
                401,
                gateway.ask("GET", "/sse?channel=short-a", "", "Authorization: Bearer nonsense")
                        .status());
        assertEquals(before + 2, gateway.metric("heliograph_streaming_refused_total{reason=\"unauthenticated\"}"));
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 405", "POST, 405", "DELETE, 405"})
    void otherMethods_areRefused(String method, int status) throws IOException {
        assertEquals(
                status,
                gateway.ask(method, "/sse?channel=short-a", "", bearer()).status());
    }

    @Test
    void origins_areThoseOfTheTokensWorkspace_andPagesMayReadTheAnswer() throws IOException {
        try (SseClient client =
                SseClient.open(gateway, "/sse?channel=short-a", bearer(), "Origin: https://app.acme.test")) {
            assertEquals("https://app.acme.test", client.header("Access-Control-Allow-Origin"));
            assertEquals("Origin", client.header("Vary"));
        }
        try (SseClient own = SseClient.open(gateway, "/sse?channel=short-a", bearer())) {
            own.begin();
        }
        for (String origin : new String[] {"https://app.other.test", "https://evil.test", "null"}) {
            assertEquals(
                    403,
                    gateway.ask("GET", "/sse?channel=short-a", "", bearer(), "Origin: " + origin)
                            .status(),
                    origin);
        }
        String preflight = "Access-Control-Request-Method: GET";
        assertEquals(
                204,
                gateway.ask("OPTIONS", "/sse?channel=short-a", "", "Origin: https://app.acme.test", preflight)
                        .status());
        assertEquals(
                403,
                gateway.ask("OPTIONS", "/sse?channel=short-a", "", "Origin: https://evil.test", preflight)
                        .status());
    }

    @Test
    void workspaces_doNotMix() throws IOException {
        String other = "Authorization: Bearer " + TestToken.other().text();
        try (SseClient client = SseClient.open(gateway, "/sse?channel=short-same", other);
                WsClient publisher = gateway.connect(TestToken.acme());
                WsClient own = gateway.connect(TestToken.other())) {
            client.begin();
            publisher.publish("short-same", "\"of acme\"");
            own.publish("short-same", "\"of other\"");
            assertEquals(
                    "of other", client.expect("message").at("/payload/data").asText());
        }
    }

    @Test
    void expiredToken_endsTheStream_andIsNamed() throws Exception {
        try (TestGateway own = TestGateway.start()) {
            String token = TestToken.acme().expiringIn(60).text();
            try (SseClient client = SseClient.open(own, "/sse?channel=short-a&token=" + token)) {
                client.begin();
                own.advance(Duration.ofSeconds(61));
                JsonNode error = client.expect("error").path("payload");
                assertEquals("UNAUTHENTICATED", error.path("code").asText());
                assertTrue(error.path("message").asText().contains("expired"), error::toString);
                assertEquals(4401, client.expect("close").path("code").asInt());
                assertEquals(null, client.readOrEnd());
            }
            own.untilClosed("token_expired", 1);
        }
    }

    @Test
    void quietStream_hasAPulse() throws IOException {
        try (TestGateway own = TestGateway.start("limits: {pingIntervalMs: 100}");
                SseClient client = SseClient.open(own, "/sse?channel=short-a", bearer());
                SseClient dazzles = SseClient.open(own, "/sse?channel=short-a&dialect=dazzle", bearer())) {
            client.begin();
            client.awaitComment();
            client.awaitComment();
            dazzles.expect("connected");
            dazzles.expect("subscribed");
            assertFalse(dazzles.expect("heartbeat").path("timestamp").asText().isEmpty());
        }
    }

    @Test
    void gatewayThatEnds_saysSo_andWhenToComeBack() throws IOException {
        TestGateway own = TestGateway.start();
        try (SseClient client = SseClient.open(own, "/sse?channel=short-a", bearer())) {
            client.begin();
            own.close();
            assertEquals(1012, client.expect("close").path("code").asInt());
            assertTrue(client.retryMs() >= 1_000 && client.retryMs() < 10_000, "retry: " + client.retryMs());
            assertEquals(null, client.readOrEnd());
        }
    }

    @Test
    void clientThatIsGone_leavesNothing() throws Exception {
        try (TestGateway own = TestGateway.start()) {
            SseClient.open(own, "/sse?channel=short-a&channel=short-b", bearer())
                    .close();
            SseClient reset = SseClient.open(own, "/sse?channel=short-a", bearer());
            reset.begin();
            reset.reset();
            own.untilEmpty();
        }
    }

    @Test
    void overNio_too() throws IOException {
        try (TestGateway own = TestGateway.start(", transport: nio", "");
                SseClient client = SseClient.open(own, "/sse?channel=short-a&channel=short-b", bearer());
                WsClient publisher = own.connect(TestToken.acme())) {
            client.begin();
            publisher.publish("short-b", "1");
            assertEquals("short-b", client.expect("message").path("channel").asText());
        }
    }

    @Test
    void dazzlesNames_areSpoken_onItsOwnPathAndByDialect() throws IOException {
        for (String target : new String[] {
            "/_ops/sse/events?entity=Task&tenant_id=t1",
            "/_ops/sse/all?entity=Task",
            "/sse?channel=entity:Task&dialect=dazzle"
        }) {
            try (SseClient client = SseClient.open(gateway, target, bearer());
                    WsClient publisher = gateway.connect(TestToken.acme())) {
                assertFalse(client.expect("connected")
                        .path("subscription_id")
                        .asText()
                        .isEmpty());
                assertTrue(client.retryMs() >= 2_000, "retry: " + client.retryMs());
                client.expect("subscribed");
                publisher.send("{\"type\":\"publish\",\"channel\":\"entity:Task\",\"requestId\":\"r\","
                        + "\"payload\":{\"name\":\"entity:created\",\"data\":{\"id\":\"42\"}}}");
                publisher.expect("published");
                JsonNode nudge = client.expect("entity.created");
                assertEquals("Task", nudge.path("entity").asText());
                assertEquals("42", nudge.at("/data/id").asText());
                assertNotEquals("", client.lastId());
            }
        }
        assertEquals(400, gateway.ask("GET", "/_ops/sse/events", "", bearer()).status());
    }
}

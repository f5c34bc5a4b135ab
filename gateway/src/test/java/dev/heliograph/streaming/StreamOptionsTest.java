package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.app.TestApp;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestGateway.Answer;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Watch sessions without a WebSocket: what {@code subscribe} can be asked beside the channel, a stream can be asked, and a poll as far as it makes sense there. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
@Tag("slow")
final class StreamOptionsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WANTED = "&filter=%7B%22eq%22:%5B%22kind%22,%22wanted%22%5D%7D";

    /** Of {@link TestApp#SHOP}, whose channels keep nothing but the last. */
    private static final String SHOP = """
            server: {port: 0, eventLoops: 2, node: test}
            admin: {port: 0, token: %s}
            page: {enabled: false}
            workspaces:
              acme:
                keys: [{kid: acme-1, algorithm: HS256, secret: %s}]
                namespaces: [{pattern: "*", historyCount: 0}]
                pusher: {appId: "1", keys: [{key: shop-key, secret: shop-secret}]}
            """.formatted(TestGateway.ADMIN_TOKEN, TestToken.ACME_SECRET);

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start("limits: {pingIntervalMs: 1s}");
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        gateway.untilEmpty();
        gateway.close();
    }

    private static String bearer() {
        return "Authorization: Bearer " + TestToken.acme().text();
    }

    private static SseClient stream(String query, String... headers) throws IOException {
        var all = new ArrayList<>(List.of(headers));
        all.add(bearer());
        return SseClient.open(gateway, "/sse?" + query, all.toArray(String[]::new));
    }

    private static void publish(String channel, int from, int to) throws IOException {
        try (WsClient publisher = gateway.connect(TestToken.acme())) {
            for (int i = from; i <= to; i++) {
                String kind = i % 3 == 0 ? "other" : "wanted";
                publisher.publish(channel, "{\"kind\":\"" + kind + "\",\"trace_id\":\"t" + i / 6 + "\"}");
            }
        }
    }

    private static int offset(JsonNode event) {
        return event.at("/position/offset").asInt();
    }

    @Test
    void watchSession_isFilteredAndSampled_andItsBooksCome() throws IOException {
        String query = "channel=long-watch&sampleRate=0.5&watchSessionId=ws_1" + WANTED;
        try (SseClient watcher = stream(query)) {
            JsonNode granted = watcher.begin().at("/channels/0/granted");
            assertEquals("{\"sampleRate\":0.5,\"watchSessionId\":\"ws_1\"}", granted.toString());
            publish("long-watch", 0, 299);
            JsonNode stats = JSON.createObjectNode();
            int sent = 0;
            while (stats.path("sent").asInt()
                            + stats.path("filtered").asInt()
                            + stats.path("sampled").asInt()
                    < 300) {
                SseClient.Event event = watcher.read();
                if (event.name().equals("stats")) {
                    stats = event.json().path("payload");
                } else {
                    assertEquals("message", event.name());
                    assertEquals("wanted", event.json().at("/payload/data/kind").asText());
                    sent++;
                }
            }
            assertEquals("ws_1", stats.path("watchSessionId").asText());
            assertEquals(sent, stats.path("sent").asInt());
            assertEquals(100, stats.path("filtered").asInt());
            assertTrue(sent > 40 && sent < 160, "of 200 in 50 traces came " + sent);
        }
    }

    @Test
    void rate_isKept_andWhoComesBackWhileSomethingIsHeldBack_getsIt() throws IOException {
        String query = "channel=long-pace&maxPerSecond=0.1&watchSessionId=ws_2";
        String id;
        try (SseClient watcher = stream(query);
                SseClient all = stream("channel=long-pace")) {
            watcher.begin();
            all.begin();
            try (WsClient publisher = gateway.connect(TestToken.acme())) {
                for (int i = 1; i <= 5; i++) {
                    publisher.publish("long-pace", "1");
                    assertEquals(i, offset(all.expect("message")));
                }
            }
            assertEquals(1, offset(watcher.expect("message")));
            assertEquals(1, watcher.expect("stats").at("/payload/sent").asInt()); // so its place was told meanwhile
            id = watcher.lastId();
        }
        try (SseClient again = stream("channel=long-pace", "Last-Event-ID: " + id)) {
            assertTrue(again.begin().at("/channels/0/recovered").asBoolean());
            for (int i = 2; i <= 5; i++) {
                assertEquals(i, offset(again.expect("message")));
            }
        }
    }

    @Test
    void last_comesFirst_andTheIdSaysWhereItStands_alsoWhereThereWasNothing() throws IOException {
        publish("long-last", 1, 20);
        try (SseClient watcher = stream("channel=long-last&channel=long-empty&last=5")) {
            watcher.begin();
            assertEquals("", watcher.lastId(), "it has seen nothing yet");
            for (int i = 16; i <= 20; i++) {
                assertEquals(i, offset(watcher.expect("message")));
            }
            watcher.awaitId();
            assertEquals(2, watcher.lastId().split("~", -1).length, watcher.lastId());
        }
        String token = TestToken.acme().subscribingTo("*").text();
        Answer refused = gateway.ask("GET", "/sse?channel=long-last&last=5&token=" + token, "");
        assertEquals(403, refused.status(), refused::body);
        assertTrue(refused.body().contains("history"), refused::body);
    }

    @Test
    void state_comesFirst_ifItIsAskedFor_orIfWhatWasMissedIsGone() throws IOException {
        String lost = Cursor.key("cache-state") + "1.another-run";
        try (TestGateway shop = TestGateway.ofYaml(SHOP)) {
            for (int i = 1; i <= 3; i++) {
                String event = "{\"name\":\"price\",\"channel\":\"cache-state\",\"data\":\"" + i + "\"}";
                assertEquals(200, TestApp.SHOP.post(shop, "/events", event).status());
            }
            try (SseClient watcher = SseClient.open(shop, "/sse?channel=cache-state&state=true", bearer())) {
                watcher.begin();
                assertEquals(3, offset(watcher.expect("message")));
            }
            try (SseClient back = SseClient.open(shop, "/sse?channel=cache-state&lastEventId=" + lost, bearer())) {
                assertFalse(back.begin().at("/channels/0/recovered").asBoolean());
                assertEquals(3, offset(back.expect("message")));
            }
            for (String query : new String[] {"&state=true", "&after=" + lost}) {
                JsonNode answer = poll(shop, "channel=cache-state&channel=quiet&wait=1" + query);
                assertEquals(3, offset(answer.at("/publications/0")));
                String next =
                        "channel=cache-state&after=" + answer.path("cursor").asText();
                assertEquals("[]", poll(shop, next).path("publications").toString());
            }
        }
    }

    @Test
    void presence_isSeen_withoutJoining() throws IOException {
        try (SseClient watcher = stream("channel=presence:room&channel=long-beside");
                WsClient member = gateway.connect(member("ann"))) {
            watcher.begin();
            assertEquals(0, watcher.expect("message").at("/payload/count").asInt(-1));
            join(member, "room");
            JsonNode joined = watcher.expect("message");
            assertEquals("presence:join", joined.path("type").asText(), joined::toString);
            assertEquals("ann", joined.at("/payload/id").asText());
            assertEquals(2, watcher.lastId().split("~", -1).length, watcher.lastId());
        }
    }

    @Test
    void presence_isPolled_andAPollWaits_untilSomethingChanges() throws Exception {
        try (TestGateway own = TestGateway.start();
                WsClient ann = own.connect(member("ann"));
                WsClient bob = own.connect(member("bob"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            join(ann, "hall");
            JsonNode before = poll(own, "channel=presence:hall");
            // it is told a moment later, and at that moment the list has her already
            while (before.at("/publications/0/payload/count").asInt() < 1
                    || before.path("publications").size() > 1) {
                before = poll(own, "channel=presence:hall");
            }
            assertEquals(1, before.path("publications").size(), before::toString);
            JsonNode still = poll(own, "channel=presence:hall&wait=1&after=" + cursor(before));
            assertEquals("[]", still.path("publications").toString());
            assertTrue(still.path("complete").asBoolean());

            String waiting = "channel=presence:hall&wait=20&after=" + cursor(still);
            Future<JsonNode> changed = threads.submit(() -> poll(own, waiting));
            TestGateway.until("the poll waits", () -> own.metric("heliograph_connections_open") == 3);
            join(bob, "hall");
            assertEquals("bob", changed.get().at("/publications/0/payload/id").asText());

            bob.send("{\"type\":\"presence:leave\",\"payload\":{\"resource\":\"hall\"}}");
            ann.send("{\"type\":\"presence:leave\",\"payload\":{\"resource\":\"hall\"}}");
            JsonNode after = poll(own, waiting);
            while (after.at("/publications/0/payload/count").asInt()
                    > 0) { // nobody is subscribed, nothing is published
                after = poll(own, "channel=presence:hall&wait=1&after=" + cursor(after));
            }
            assertEquals("[]", after.at("/publications/0/payload/users").toString(), after::toString);
        }
    }

    private static String cursor(JsonNode answer) {
        return answer.path("cursor").asText();
    }

    private static TestToken member(String user) {
        return TestToken.acme()
                .user(user)
                .with("grants", Map.of("subscribe", List.of("presence:*"), "presence", List.of("presence:*")));
    }

    private static void join(WsClient member, String resource) throws IOException {
        member.send("{\"type\":\"presence:join\",\"requestId\":\"j\",\"payload\":{\"resource\":\"" + resource + "\"}}");
        member.expect("presence:joined");
    }

    @Test
    void polls_sampleAsStreamsDo() throws IOException {
        String cursor = poll("channel=long-sample").path("cursor").asText();
        publish("long-sample", 0, 299);
        JsonNode answer = poll("channel=long-sample&limit=1000&sampleRate=0.5&after=" + cursor);
        int sampled = answer.path("publications").size();
        assertTrue(sampled > 60 && sampled < 240, "of 300 in 50 traces came " + sampled);
        JsonNode again = poll("channel=long-sample&limit=1000&sampleRate=0.5&after=" + cursor);
        assertEquals(answer.path("publications"), again.path("publications"));
        assertEquals(
                0,
                poll("channel=long-sample&after=" + answer.path("cursor").asText())
                        .path("publications")
                        .size());
    }

    private static JsonNode poll(String query) throws IOException {
        return poll(gateway, query);
    }

    private static JsonNode poll(TestGateway at, String query) throws IOException {
        Answer answer = at.ask("GET", "/publications?" + query, "", bearer());
        assertEquals(200, answer.status(), answer::body);
        return JSON.readTree(answer.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/sse | sampleRate=0 | sampleRate is a number above 0 up to 1",
                "/sse | sampleRate=1.1 | sampleRate is a number above 0 up to 1",
                "/sse | sampleRate=NaN | sampleRate is a number above 0 up to 1",
                "/sse | maxPerSecond=0.01 | maxPerSecond is a number from 0.1 up to 10000",
                "/sse | maxPerSecond=1e3 | maxPerSecond is a number from 0.1 up to 10000",
                "/sse | last=1001 | last is a whole number, 0 to 1000",
                "/sse | last=-1 | last is a whole number, 0 to 1000",
                "/sse | state=yes | state is true or false",
                "/sse | channel=presence:room&sampleRate=0.5 | a presence channel has no sampleRate",
                "/publications | sampleRate=2 | sampleRate is a number above 0 up to 1",
                "/publications | maxPerSecond=1 | maxPerSecond is for streams",
                "/publications | watchSessionId=w | watchSessionId is for streams"
            })
    void optionThatCannotBe_isRefused_andNamed(String path, String option, String message) throws IOException {
        Answer answer = gateway.ask("GET", path + "?channel=long-x&" + option, "", bearer());
        assertEquals(400, answer.status(), answer::body);
        assertTrue(answer.body().contains("\"message\":\"" + message), answer::body);
    }

    @Test
    void watchSessionIdThatIsTooLong_isRefused() throws IOException {
        Answer answer = gateway.ask("GET", "/sse?channel=long-x&watchSessionId=" + "w".repeat(65), "", bearer());
        assertEquals(400, answer.status(), answer::body);
        assertTrue(answer.body().contains("1 to 64 characters"), answer::body);
    }
}

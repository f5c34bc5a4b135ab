package dev.heliograph.dazzle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.app.TestApp;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A gateway as Dazzle's client lives with it. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before each test
final class DazzleConversationTest {
    private static final long GIVE_UP_SECONDS = 20;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode NO_TEXT = JSON.nullNode();

    private TestGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private static TestToken user(String id) {
        List<String> all = List.of("*");
        return TestToken.acme()
                .user(id)
                .with("name", "Name of " + id)
                .with("grants", Map.of("subscribe", all, "publish", all, "history", all, "presence", all));
    }

    private String base() {
        return "ws://127.0.0.1:" + gateway.address().getPort();
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(GIVE_UP_SECONDS, TimeUnit.SECONDS);
    }

    private static JsonNode next(BlockingQueue<JsonNode> messages) throws InterruptedException {
        JsonNode message = messages.poll(GIVE_UP_SECONDS, TimeUnit.SECONDS);
        assertTrue(message != null, "nothing came");
        return message;
    }

    /** One whose application does the one thing that it has to: it puts the key that it is told into the URL. */
    private DazzleClient resumable(TestToken token) throws Exception {
        var client = new DazzleClient(base() + "/ws/dazzle");
        client.on(
                "connected",
                message -> client.setUrl(base() + "/ws/dazzle?resume="
                        + message.at("/payload/resumeKey").asText()));
        await(client.connect(token.text()));
        return client;
    }

    private void entity(String event, String id, String body) throws IOException {
        TestGateway.Answer answer = gateway.post(
                "/entities/Task/" + id + "/" + event,
                body,
                "Authorization: Bearer " + user("server").text());
        assertEquals(200, answer.status(), answer::body);
    }

    private void created(String id) throws IOException {
        entity("created", id, "{\"data\":{\"title\":\"Task " + id + "\"}}");
    }

    @Test
    void connected_isFirst_byThePathAndByTheParameter() throws Exception {
        var seen = new LinkedBlockingQueue<JsonNode>();
        try (var byPath = new DazzleClient(base() + "/ws/dazzle");
                var byParameter = new DazzleClient(
                        base() + "/ws?dialect=dazzle&token=" + user("u2").text())) {
            await(byPath.on("connected", seen::add).connect(user("u1").text()));
            JsonNode connected = next(seen);
            assertEquals("u1", connected.at("/payload/userId").asText());
            assertFalse(connected.at("/payload/connectionId").asText().isEmpty());
            assertFalse(connected.has("version"));
            await(byParameter.on("connected", seen::add).connect(null));
            assertEquals("u2", next(seen).at("/payload/userId").asText());
        }
    }

    @Test
    void entities_reachTheCallbacks_ofTheTypeAndOfTheRecord() throws Exception {
        try (var client = resumable(user("u1"))) {
            var records = new DazzleClient.Records(client);
            var record = new LinkedBlockingQueue<JsonNode>();
            JsonNode answer = await(records.sync("Task"));
            assertEquals("subscribed", answer.path("type").asText());
            assertEquals("entity:Task", answer.path("channel").asText());
            await(client.subscribe("entity:Task:1", record::add));
            entity("created", "1", "{\"data\":{\"id\":\"1\",\"title\":\"New\"},\"userId\":\"u_9\"}");
            JsonNode created = next(record);
            assertEquals("entity:created", created.path("type").asText());
            assertEquals(
                    "{\"id\":\"1\",\"entityName\":\"Task\",\"data\":{\"id\":\"1\",\"title\":\"New\"},\"userId\":\"u_9\"}",
                    created.path("payload").toString());
            entity("updated", "1", "{\"data\":{\"id\":\"1\",\"title\":\"Renamed\"}}");
            next(record);
            entity("created", "2", "{\"data\":{\"id\":\"2\"}}");
            TestGateway.until("both are there", () -> records.all().size() == 2);
            assertEquals("Renamed", records.all().get("1").path("title").asText());
            entity("deleted", "1", "");
            JsonNode deleted = next(record);
            assertTrue(deleted.at("/payload/data").isNull(), deleted::toString);
            TestGateway.until("one is gone", () -> records.all().keySet().equals(Set.of("2")));
            client.unsubscribe("entity:Task:1");
            assertEquals(0, client.pending(), "every request was answered");
        }
    }

    private void track(String id, int value) throws IOException {
        TestGateway.Answer answer = gateway.post("/v1/track", """
                {"type":"track","event":"Order Completed","userId":"u","messageId":"%s","properties":{"value":%d}}
                """.formatted(id, value), "X-Write-Key: acme-web-key");
        assertEquals(200, answer.status(), answer::body);
    }

    @Test
    void ingestedEvents_areRecordsOfTheirName_eachWithAnId() throws Exception {
        try (var client = resumable(user("u1"))) {
            var records = new DazzleClient.Records(client);
            await(records.sync("segment-event:Order_Completed"));
            await(client.subscribe(TestGateway.EVENTS, _ -> {}));
            var seen = new LinkedBlockingQueue<JsonNode>();
            client.on("entity:created", seen::add);
            for (int i = 1; i <= 3; i++) {
                track("m-" + i, i);
            }
            JsonNode first = next(seen);
            assertEquals(
                    "entity:segment-event:Order_Completed",
                    first.path("channel").asText());
            assertEquals("m-1", first.at("/payload/id").asText());
            assertEquals("Order Completed", first.at("/payload/entityName").asText());
            assertEquals(1, first.at("/payload/data/properties/value").asInt());
            TestGateway.until("the list has them", () -> records.all().keySet().equals(Set.of("m-1", "m-2", "m-3")));
        }
    }

    @Test
    void anEventWithOddNames_reachesEverybody() throws Exception {
        try (var client = resumable(user("u1"));
                WsClient other = gateway.connect(TestToken.acme())) {
            await(client.subscribe(TestGateway.EVENTS, _ -> {}));
            other.subscribe(TestGateway.EVENTS);
            var seen = new LinkedBlockingQueue<JsonNode>();
            client.on("entity:created", seen::add);
            String odd = "{\"" + "n".repeat(300) + "\":1}";
            TestGateway.Answer answer = gateway.post("/v1/track", """
                    {"type":"track","event":"Odd","userId":"u","messageId":"odd-1","properties":{"value":%s}}
                    """.formatted(odd), "X-Write-Key: acme-web-key");
            assertEquals(200, answer.status(), answer::body);
            assertEquals("odd-1", next(seen).at("/payload/id").asText());
            assertEquals(
                    "odd-1",
                    other.expect("event").at("/payload/data/message_id").asText());
        }
    }

    @Test
    void otherEvents_reachTheCallbacksOfTheirChannel() throws Exception {
        var seen = new LinkedBlockingQueue<JsonNode>();
        try (var client = resumable(user("u1"));
                WsClient publisher = gateway.connect(user("u2"))) {
            await(client.subscribe("board", seen::add));
            publisher.publish("board", "{\"x\":1}");
            publisher.publish("board", "[1]");
            JsonNode first = next(seen);
            assertEquals("message", first.at("/payload/entityName").asText());
            assertEquals(1, first.at("/payload/data/x").asInt());
            assertEquals(first.at("/payload/id"), first.at("/payload/data/id"));
            assertNotEquals(first.at("/payload/id"), next(seen).at("/payload/id"));
        }
    }

    @Test
    void presence_isKeptByItsManager() throws Exception {
        try (var alice = resumable(user("alice"));
                var bob = resumable(user("bob"))) {
            var ofAlice = new DazzleClient.Presence(alice);
            var ofBob = new DazzleClient.Presence(bob);
            assertEquals(
                    "subscribed",
                    await(ofAlice.join("board/1", "{\"tab\":1}")).path("type").asText());
            await(ofBob.join("board/1", "{}"));
            TestGateway.until(
                    "both are seen by both",
                    () -> ofAlice.users("board/1").size() == 2
                            && ofBob.users("board/1").size() == 2);
            JsonNode seen = ofBob.users("board/1").get("alice");
            assertEquals("Name of alice", seen.path("userName").asText());
            assertEquals("board/1", seen.path("resource").asText());
            assertEquals(1, seen.at("/metadata/tab").asInt());
            assertTrue(seen.path("joinedAt").asText().endsWith("Z"), seen::toString);
            assertTrue(seen.path("lastSeen").asText().endsWith("Z"), seen::toString);
            await(ofAlice.join("board/1", "{\"tab\":2}"));
            TestGateway.until(
                    "what is new is seen",
                    () -> ofBob.users("board/1")
                                    .getOrDefault("alice", seen)
                                    .at("/metadata/tab")
                                    .asInt()
                            == 2);
            alice.sendHeartbeat();
            alice.leavePresence("board/1");
            TestGateway.until(
                    "one has left", () -> ofBob.users("board/1").keySet().equals(Set.of("bob")));
            assertEquals(0, alice.pending());
        }
    }

    @Test
    void errors_reachWhoeverListensForThem() throws Exception {
        var errors = new LinkedBlockingQueue<JsonNode>();
        TestToken narrow = user("u1").with("grants", Map.of("subscribe", List.of("entity:*")));
        try (var client = resumable(narrow)) {
            client.on("error", errors::add);
            client.subscribe("secret", _ -> {});
            assertEquals("FORBIDDEN", next(errors).path("code").asText());
            client.subscribe("entity:Order Completed", _ -> {});
            assertEquals("BAD_CHANNEL", next(errors).path("code").asText());
            client.joinPresence("room", "{}");
            JsonNode refused = next(errors);
            assertEquals("FORBIDDEN", refused.path("code").asText());
            assertEquals("req_3", refused.path("requestId").asText());
            for (int i = 0; i <= 50; i++) {
                client.subscribe("entity:E" + i, _ -> {});
            }
            assertEquals("SUBSCRIPTION_LIMIT", next(errors).path("code").asText());
        }
    }

    @Test
    void clientThatComesBack_hasItsSessionAgain_andMissesNothing() throws Exception {
        try (var client = resumable(user("u1"));
                var other = resumable(user("u2"))) {
            var connections = new LinkedBlockingQueue<JsonNode>();
            var subscriptions = new LinkedBlockingQueue<JsonNode>();
            var records = new DazzleClient.Records(client);
            var left = new LinkedBlockingQueue<JsonNode>();
            var watching = new DazzleClient.Presence(other);
            other.on("presence:leave", left::add);
            await(new DazzleClient.Presence(client).join("board/1", "{\"tab\":1}"));
            await(watching.join("board/1", "{}"));
            TestGateway.until(
                    "one sees the other", () -> watching.users("board/1").containsKey("u1"));
            await(records.sync("Task"));
            created("1");
            TestGateway.until("the first is there", () -> records.all().size() == 1);
            client.on("connected", connections::add).on("subscriptions", subscriptions::add);

            client.goDeaf();
            created("2"); // sent, and lost on the way
            client.breakOff();
            created("3"); // nobody is there

            assertEquals("u1", next(connections).at("/payload/userId").asText());
            JsonNode again = next(subscriptions).at("/payload/channels/0");
            assertEquals("entity:Task", again.path("channel").asText());
            assertTrue(again.path("recovered").asBoolean(), again::toString);
            TestGateway.until("all are there", () -> records.all().size() == 3);
            created("4");
            TestGateway.until("what is new is, too", () -> records.all().size() == 4);
            JsonNode member = watching.users("board/1").get("u1");
            assertEquals(1, member.at("/metadata/tab").asInt());
            assertTrue(left.isEmpty(), "nobody saw it go");
            assertEquals(List.of(), client.refusals());
            assertEquals(1, gateway.metric("heliograph_sessions_resumed_total"));
        }
    }

    @Test
    void clientWithoutItsKey_isRefused_andGivesUpInTheEnd() throws Exception {
        var failed = new CompletableFuture<JsonNode>();
        try (var client = new DazzleClient(base() + "/ws/dazzle")) {
            await(client.on("reconnect_failed", failed::complete)
                    .connect(user("u1").text()));
            client.breakOff();
            await(failed);
            assertEquals(Collections.nCopies(DazzleClient.MAX_RECONNECT_ATTEMPTS, 401), client.refusals());
        }
    }

    private WsClient dazzle(String query) throws IOException {
        return WsClient.open(gateway, "/ws?dialect=dazzle&" + query);
    }

    private static String keyOf(WsClient client) throws IOException {
        JsonNode connected = client.expect("connected");
        return connected.at("/payload/resumeKey").asText();
    }

    private int status(String query, String... headers) throws IOException {
        try (WsClient client = WsClient.bare(gateway)) {
            client.sendBytes(
                    WsClient.request("/ws?dialect=dazzle&" + query, headers).getBytes(StandardCharsets.UTF_8));
            return client.readHead().status();
        }
    }

    /** A pong says that everything before its ping has arrived; nothing else that this client says does. */
    @Test
    void whatComesAgain_isWhatNoPongHasConfirmed() throws Exception {
        try (TestGateway quick = TestGateway.start("limits: {pingIntervalMs: 1000}")) {
            List<String> unconfirmed = again(quick, "");
            assertEquals(List.of("1", "2"), unconfirmed);
            assertEquals(List.of("1", "2"), again(quick, "another"));
            assertEquals(List.of("2"), again(quick, null));
        }
    }

    /** Which of two records come again if a ping between them is answered so; null: as it should be. */
    private static List<String> again(TestGateway quick, @Nullable String pong) throws IOException {
        String key;
        try (WsClient client =
                WsClient.open(quick, "/ws?dialect=dazzle&token=" + user("u1").text())) {
            key = keyOf(client);
            client.send("{\"type\":\"subscribe\",\"channel\":\"entity:Task\"}");
            textsTo("subscribed", client);
            publish(quick, "1");
            textsTo("entity:created", client);
            WsClient.Frame ping = client.readFrame();
            while (ping.opcode() != WsClient.PING) {
                ping = client.readFrame();
            }
            byte[] payload = pong == null ? ping.payload() : pong.getBytes(StandardCharsets.UTF_8);
            client.sendBytes(WsClient.frame(WsClient.FIN | WsClient.PONG, payload));
            client.send("{\"type\":\"ping\"}");
            textsTo("pong", client);
            publish(quick, "2");
            textsTo("entity:created", client);
            client.reset();
        }
        try (WsClient client = WsClient.open(quick, "/ws?dialect=dazzle&resume=" + key)) {
            textsTo("subscriptions", client);
            client.send("{\"type\":\"ping\"}");
            return textsTo("pong", client).stream()
                    .map(text -> text.at("/payload/id").asText())
                    .toList();
        }
    }

    private static void publish(TestGateway quick, String id) throws IOException {
        String body = "{\"channel\":\"entity:Task\",\"data\":{\"id\":\"" + id + "\"}}";
        TestGateway.Answer answer = quick.post(
                "/publications", body, "Authorization: Bearer " + user("u2").text());
        assertEquals(200, answer.status(), answer::body);
    }

    /** What comes before a message of that type, pings left out. */
    private static List<JsonNode> textsTo(String type, WsClient client) throws IOException {
        var texts = new ArrayList<JsonNode>();
        while (true) {
            WsClient.Frame frame = client.readFrame();
            JsonNode text = frame.opcode() == WsClient.TEXT ? JSON.readTree(frame.payload()) : NO_TEXT;
            String came = text.path("type").asText();
            if (came.equals(type)) {
                return texts;
            }
            if (!came.isEmpty() && !came.equals("ping")) {
                texts.add(text);
            }
        }
    }

    @Test
    void key_isGoodUntilItsClientIsHeardWithTheNextOne_andNotAfter() throws Exception {
        String first;
        try (WsClient client = dazzle("token=" + user("u1").text())) {
            first = keyOf(client);
        }
        try (WsClient client = dazzle("resume=" + first)) {
            keyOf(client); // it breaks before the page has learned that
        }
        String second;
        try (WsClient client = dazzle("resume=" + first)) {
            second = keyOf(client);
            assertNotEquals(first, second);
            client.send("{\"type\":\"ping\"}").expect("pong");
            assertEquals(401, status("resume=" + first));
        }
        assertEquals(401, status("resume=" + first));
        try (WsClient client = dazzle("resume=" + second)) {
            assertEquals("u1", client.expect("connected").at("/payload/userId").asText());
        }
    }

    @Test
    void session_hasOneConnection() throws Exception {
        try (WsClient first = dazzle("token=" + user("u1").text())) {
            String key = keyOf(first);
            first.send("{\"type\":\"subscribe\",\"channel\":\"entity:Task\"}").expect("subscribed");
            try (WsClient second = dazzle("resume=" + key)) {
                WsClient.End end = first.readToClose();
                assertEquals(1000, end.code(), end::toString);
                second.expect("connected");
                assertEquals(
                        "entity:Task",
                        second.expect("subscriptions")
                                .at("/payload/channels/0/channel")
                                .asText());
                gateway.untilClosed("resumed", 1);
            }
        }
    }

    @Test
    void key_thatTwoComeWithAtOnce_isGoodForOneOfThem() throws Exception {
        for (int round = 0; round < 20; round++) {
            String key;
            try (WsClient client = dazzle("token=" + user("u1").text())) {
                key = keyOf(client);
            }
            byte[] request =
                    WsClient.request("/ws?dialect=dazzle&resume=" + key).getBytes(StandardCharsets.UTF_8);
            try (WsClient one = WsClient.bare(gateway).sendBytes(request);
                    WsClient other = WsClient.bare(gateway).sendBytes(request)) {
                boolean oneOpens = opens(one);
                boolean otherOpens = opens(other);
                assertTrue(
                        (oneOpens && stays(one)) ^ (otherOpens && stays(other)),
                        "round " + round + (oneOpens && otherOpens ? ": both were let in" : ""));
            }
        }
    }

    /** Whether the upgrade is accepted; what comes first is read. */
    private static boolean opens(WsClient client) throws IOException {
        boolean opens = client.readHead().status() == 101;
        if (opens) {
            client.expect("connected");
        }
        return opens;
    }

    private static boolean stays(WsClient client) {
        try {
            client.send("{\"type\":\"ping\"}");
            WsClient.Frame frame = client.readFrame();
            while (frame.opcode() != WsClient.CLOSE && !frame.text().contains("\"pong\"")) {
                frame = client.readFrame();
            }
            return frame.opcode() != WsClient.CLOSE;
        } catch (IOException ended) {
            return false;
        }
    }

    @Test
    void whoSaysGoodbye_isNotResumed() throws Exception {
        try (WsClient client = dazzle("token=" + user("u1").text())) {
            String key = keyOf(client);
            client.sendBytes(WsClient.close(1000)).readToClose();
            assertEquals(401, status("resume=" + key));
        }
    }

    @Test
    void session_endsWithItsToken() throws Exception {
        String key;
        try (WsClient client = dazzle("token=" + user("u1").expiringIn(3_000).text())) {
            key = keyOf(client);
        }
        gateway.advance(Duration.ofSeconds(3_001));
        assertEquals(401, status("resume=" + key));
    }

    @Test
    void whoIsTurnedAway_isSoBeforeTheUpgrade() throws Exception {
        assertEquals(401, status("token=nonsense"));
        assertEquals(401, status("resume=nonsense"));
        assertEquals(401, status("x=y"));
        assertEquals(401, status("workspace=nowhere"));
        assertEquals(403, status("token=" + user("u1").text(), "Origin: https://elsewhere.test"));
        assertEquals(403, status("token=" + user("u1").text(), "Origin: https://app.other.test"));
        try (WsClient client = WsClient.bare(gateway)) {
            client.sendBytes(WsClient.request("/ws?dialect=klingon").getBytes(StandardCharsets.UTF_8));
            assertEquals(400, client.readHead().status());
        }
        try (WsClient anonymous = dazzle("workspace=acme")) {
            assertTrue(anonymous.expect("connected").at("/payload/userId").isNull());
            anonymous.send("{\"type\":\"subscribe\",\"channel\":\"public-1\"}").expect("subscribed");
        }
    }

    @Test
    void key_isOfNoUseToPagesOfAnotherWorkspace() throws Exception {
        try (WsClient client = dazzle("token=" + user("u1").text())) {
            String key = keyOf(client);
            client.reset();
            gateway.untilClosed("client", 1);
            assertEquals(403, status("resume=" + key, "Origin: https://app.other.test"));
            assertEquals(101, status("resume=" + key, "Origin: https://app.acme.test"));
        }
    }

    @Test
    void key_fromAPageOfAnotherWorkspace_doesNotEndTheSessionThatItIsOf() throws Exception {
        try (WsClient client = dazzle("token=" + user("u1").text())) {
            String key = keyOf(client);
            assertEquals(401, status("resume=" + key, "Origin: https://app.other.test"));
            client.send("{\"type\":\"ping\"}").expect("pong");
            try (WsClient own = dazzle("resume=" + key)) {
                own.expect("connected");
                assertEquals(1000, client.readToClose().code());
            }
        }
    }

    @Test
    void whatWasAskedForOfThePast_comesAgain_ifItMayNotHaveArrived() throws Exception {
        for (int i = 1; i <= 5; i++) {
            entity("created", String.valueOf(i), "{\"data\":{\"id\":\"" + i + "\"}}");
        }
        String key;
        try (WsClient client = dazzle("token=" + user("u1").text())) {
            key = keyOf(client);
            client.send("{\"type\":\"subscribe\",\"channel\":\"entity:Task\",\"payload\":{\"last\":3}}")
                    .expect("subscribed");
        }
        try (WsClient client = dazzle("resume=" + key)) {
            client.expect("connected");
            client.expect("subscriptions");
            for (String id : List.of("3", "4", "5")) {
                assertEquals(
                        id, client.expect("entity:created").at("/payload/id").asText());
            }
        }
    }

    @Test
    void stateThatMayNotHaveArrived_comesAgain_andWhatFollowedIt() throws Exception {
        try (TestGateway shop = TestApp.start("", "")) {
            put(shop, 1);
            String key;
            try (WsClient client =
                    WsClient.open(shop, "/ws?dialect=dazzle&token=" + user("u1").text())) {
                key = keyOf(client);
                client.send("{\"type\":\"subscribe\",\"channel\":\"cache-price\",\"payload\":{\"state\":true}}")
                        .expect("subscribed");
            }
            try (WsClient client = WsClient.open(shop, "/ws?dialect=dazzle&resume=" + key)) {
                key = keyOf(client);
                client.expect("subscriptions");
                assertEquals(1, price(client));
            }
            put(shop, 2);
            put(shop, 3);
            try (WsClient client = WsClient.open(shop, "/ws?dialect=dazzle&resume=" + key)) {
                client.expect("connected");
                client.expect("subscriptions");
                assertEquals(2, price(client), "what has become of the state since");
                assertEquals(3, price(client));
            }
        }
    }

    private static int price(WsClient client) throws IOException {
        return client.expect("entity:created").at("/payload/data").asInt();
    }

    private static void put(TestGateway shop, int price) throws IOException {
        String event = "{\"name\":\"price\",\"channel\":\"cache-price\",\"data\":\"" + price + "\"}";
        assertEquals(200, TestApp.SHOP.post(shop, "/events", event).status());
    }
}

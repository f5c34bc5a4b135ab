package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of Pusher's protocol say and are answered, over real sockets. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class PusherConversationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestApp.start("""
                clientEventsPerSecond: 5
                subscriptionCount: true
                membersMax: 3
                subscriptionsMax: 4
                connectionsMax: 40
                """, "");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static PusherClient shop() throws IOException {
        return PusherClient.connect(gateway, TestApp.SHOP);
    }

    private static void publish(String channel, String name, String data) throws IOException {
        publish(channel, name, data, "");
    }

    private static void publish(String channel, String name, String data, String more) throws IOException {
        String body = "{\"name\":\"%s\",\"channel\":\"%s\",\"data\":%s%s}"
                .formatted(name, channel, JSON.writeValueAsString(data), more);
        assertEquals(new TestGateway.Answer(200, "{}"), TestApp.SHOP.post(gateway, "/events", body));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 7})
    void everyProtocol_isGreetedFirst_andPingsAreAnswered(int protocol) throws IOException {
        try (PusherClient client = PusherClient.connect(gateway, TestApp.SHOP, protocol)) {
            client.transcript().play("""
                    > {"event":"pusher:ping","data":{}}
                    < {"event":"pusher:pong","data":"{}"}
                    > {"event":"pusher:pong","data":{}}
                    """);
            client.socket.sendBytes(WsClient.frame(WsClient.FIN | WsClient.PING, new byte[] {7}));
            assertEquals(WsClient.PONG, client.socket.readFrame().opcode());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/app/nobody?protocol=7,                4001",
        "/app/closed-key?protocol=7,            4003",
        "/app/shop-key/more?protocol=7,         4005",
        "/app/shop-key?protocol=4,              4007",
        "/app/shop-key?protocol=8,              4007",
        "/app/shop-key?client=js,               4008",
        "/app/shop-key?protocol=7&protocol[]=7, 4006",
    })
    void whoIsTurnedAway_isToldBothWays(String target, int code) throws IOException {
        try (WsClient client = WsClient.open(gateway, target)) {
            WsClient.End end = client.readToClose();
            assertEquals(code, end.code(), end::reason);
            assertEquals(1, end.texts().size());
            assertEquals("pusher:error", end.texts().getFirst().path("event").asText());
            assertEquals(code, end.texts().getFirst().path("data").path("code").asInt());
        }
    }

    @Test
    void moreConnectionsThanTheAppMayHave_areTurnedAway_untilOneIsGone() throws Exception {
        var clients = new ArrayList<PusherClient>();
        try {
            TestGateway.until(
                    "a fresh app",
                    () -> gateway.statez().at("/apps/acme/connections").asInt() == 0);
            for (int i = 0; i < 40; i++) {
                clients.add(shop());
            }
            try (WsClient late = WsClient.open(gateway, "/app/shop-key?protocol=7")) {
                assertEquals(4004, late.readToClose().code());
            }
            clients.removeLast().close();
            TestGateway.until(
                    "room for one",
                    () -> gateway.statez().at("/apps/acme/connections").asInt() == 39);
            clients.add(shop());
        } finally {
            for (PusherClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void secondKey_isAsGoodAsTheFirst() throws IOException {
        var next = new TestApp("1", new dev.heliograph.protocol.pusher.AppKey("shop-next", "shop-next-secret"));
        try (PusherClient client = PusherClient.connect(gateway, next)) {
            client.subscribe("private-rotated");
            client.expect("pusher_internal:subscription_count", "private-rotated");
            String body = "{\"name\":\"e\",\"channel\":\"private-rotated\",\"data\":\"{}\"}";
            assertEquals(200, next.post(gateway, "/events", body).status());
            client.expect("e", "private-rotated");
        }
    }

    @Test
    void badMessages_areAnswered_andTheConnectionLives() throws IOException {
        try (PusherClient client = shop()) {
            client.transcript().play("""
                    > nonsense
                    < {"event":"pusher:error","data":{"code":null,"message":"*"}}
                    > {"data":{}}
                    < {"event":"pusher:error","data":{"code":null,"message":"*"}}
                    > {"event":"pusher:subscribe","data":{"channel":"with space"}}
                    < {"event":"pusher:subscription_error","channel":"with space","data":{"type":"InvalidChannel","status":400}}
                    > {"event":"pusher:subscribe","data":{"channel":"private-a"}}
                    < {"event":"pusher:subscription_error","channel":"private-a","data":{"type":"AuthError","error":"*","status":401}}
                    > {"event":"pusher:subscribe","data":{"channel":"private-a","auth":"shop-key:0000"}}
                    < {"event":"pusher:subscription_error","channel":"private-a","data":{"type":"AuthError","error":"*","status":401}}
                    > {"event":"pusher:subscribe","data":{"channel":"#server-to-user-7","auth":""}}
                    < {"event":"pusher:subscription_error","channel":"#server-to-user-7","data":{"type":"AuthError","error":"*","status":401}}
                    > {"event":"pusher:subscribe","data":{"channel":"#members:presence-a","auth":""}}
                    < {"event":"pusher:subscription_error","channel":"#members:presence-a","data":{"type":"InvalidChannel","status":400}}
                    > {"event":"pusher:unsubscribe","data":{"channel":"never"}}
                    > {"event":"pusher:ping","data":{}}
                    < {"event":"pusher:pong"}
                    """);
        }
    }

    @Test
    void anotherAppsSignature_isNotTaken() throws IOException {
        try (PusherClient client = shop()) {
            var data = JSON.createObjectNode()
                    .put("channel", "private-a")
                    .put("auth", TestApp.BANK.auth(client.id, "private-a", null));
            client.say("pusher:subscribe", data);
            JsonNode refused = client.expect("pusher:subscription_error", "private-a");
            assertTrue(refused.path("error").asText().startsWith("Invalid key in subscription auth data"));
        }
    }

    @Test
    void subscribers_getWhatIsPublished_asTheStringThatWasPosted_andNoMoreWhenTheyLeave() throws IOException {
        try (PusherClient one = shop();
                PusherClient two = shop()) {
            one.subscribe("news");
            assertEquals(
                    1,
                    one.expect("pusher_internal:subscription_count", "news")
                            .path("subscription_count")
                            .asInt());
            two.subscribe("news");
            assertEquals(
                    2,
                    two.expect("pusher_internal:subscription_count", "news")
                            .path("subscription_count")
                            .asInt());
            assertEquals(
                    2,
                    one.expect("pusher_internal:subscription_count", "news")
                            .path("subscription_count")
                            .asInt());
            for (String data : List.of("{\"a\": [1, \"é\"]}", "plain", "", "[1]", "{broken", "\"quoted\"", "5")) {
                publish("news", "App\\\\Events\\\\X", data);
                for (PusherClient client : List.of(one, two)) {
                    JsonNode got = client.next();
                    assertEquals("App\\Events\\X", got.path("event").asText());
                    assertEquals(data, got.path("data").asText());
                }
            }
            one.unsubscribe("news");
            assertEquals(
                    1,
                    two.expect("pusher_internal:subscription_count", "news")
                            .path("subscription_count")
                            .asInt());
            publish("news", "e", "last");
            assertEquals("last", two.next().path("data").asText());
            one.expectNothing();
        }
    }

    @Test
    void secondSubscription_isRefused_andTooManyAre() throws IOException {
        try (PusherClient client = shop()) {
            client.subscribe("private-encrypted-a");
            client.ask("private-encrypted-a", null);
            assertEquals(
                    "Existing subscription to channel private-encrypted-a",
                    client.expect("pusher:error", null).path("message").asText());
            client.subscribe("private-encrypted-b");
            client.subscribe("private-encrypted-c");
            client.subscribe("private-encrypted-d");
            client.ask("private-encrypted-e", null);
            assertEquals(
                    "LimitReached",
                    client.expect("pusher:subscription_error", "private-encrypted-e")
                            .path("type")
                            .asText());
        }
    }

    @Test
    void legacyClient_isToldOfErrorsOnEncryptedChannels_onTheConnection() throws IOException {
        try (PusherClient client = PusherClient.connect(gateway, TestApp.SHOP, 5)) {
            client.say("pusher:subscribe", JSON.createObjectNode().put("channel", "private-encrypted-x"));
            assertTrue(client.expect("pusher:error", null).path("code").isNull());
        }
    }

    @Test
    void senderOfAnEvent_doesNotGetIt_whetherClientOrServerSentIt() throws IOException {
        try (PusherClient sender = shop();
                PusherClient other = shop()) {
            sender.join("presence-whisper", "{\"user_id\":1,\"user_info\":{\"name\":\"A\"}}");
            other.join("presence-whisper", "{\"user_id\":\"2\"}");
            sender.expect("pusher_internal:member_added", "presence-whisper");
            sender.transcript().play("""
                    > {"event":"client-typing","channel":"presence-whisper","data":{"x":1}}
                    > {"event":"client-typing","channel":"presence-whisper","data":"text"}
                    """);
            other.transcript().play("""
                    < {"event":"client-typing","channel":"presence-whisper","data":{"x":1},"user_id":"1"}
                    < {"event":"client-typing","channel":"presence-whisper","data":"text","user_id":"1"}
                    """);
            publish("presence-whisper", "e", "for one", ",\"socket_id\":\"" + sender.id + "\"");
            publish("presence-whisper", "e", "for all", ",\"socket_id\":\"1.1\"");
            assertEquals("for one", other.next().path("data").asText());
            assertEquals("for all", other.next().path("data").asText());
            assertEquals("for all", sender.next().path("data").asText());
        }
    }

    @Test
    void clientEvents_areForMembersOfChannelsThatAreNotPublic_andOnlySoMany() throws IOException {
        try (PusherClient client = shop()) {
            client.transcript().play("""
                    > {"event":"client-a","channel":"public","data":{}}
                    < {"event":"pusher:error","data":{"code":null}}
                    > {"event":"client-a","channel":"private-other","data":{}}
                    < {"event":"pusher:error","data":{"code":null,"message":"Cannot broadcast client event (connection not subscribed to channel private-other)"}}
                    > {"event":"x-client-a","channel":"private-other","data":{}}
                    < {"event":"pusher:error","data":{"code":null}}
                    """);
            client.subscribe("private-encrypted-mine");
            for (int i = 0; i < 6; i++) {
                client.socket.send("{\"event\":\"client-a\",\"channel\":\"private-encrypted-mine\",\"data\":{}}");
            }
            assertEquals(4301, client.expect("pusher:error", null).path("code").asInt());
            client.expectNothing();
        }
    }

    @Test
    void presence_isByUser_andTellsFirstAndLastConnectionOnly() throws Exception {
        try (PusherClient one = shop();
                PusherClient two = shop()) {
            PusherClient twoAgain = shop();
            JsonNode alone = one.join("presence-room", "{\"user_id\":10,\"user_info\":{\"name\":\"Ten\"}}");
            assertEquals("{\"ids\":[10],\"hash\":{\"10\":{\"name\":\"Ten\"}},\"count\":1}", alone.toString());
            JsonNode both = two.join("presence-room", "{\"user_id\":\"b\"}");
            assertEquals(2, both.path("count").asInt());
            assertEquals(
                    "{\"user_id\":\"b\",\"user_info\":{}}",
                    one.expect("pusher_internal:member_added", "presence-room").toString());
            assertEquals(
                    2,
                    twoAgain.join("presence-room", "{\"user_id\":\"b\"}")
                            .path("count")
                            .asInt());
            two.unsubscribe("presence-room");
            twoAgain.close();
            // the grace passes, then the member is gone for those who are left, once
            assertEquals(
                    "{\"user_id\":\"b\"}",
                    one.expect("pusher_internal:member_removed", "presence-room")
                            .toString());
            one.expectNothing();
            assertEquals("{\"users\":[{\"id\":\"10\"}]}", users("presence-room"));
        }
        TestGateway.until("an empty room", () -> users("presence-room").equals("{\"users\":[]}"));
    }

    private static String users(String channel) throws IOException {
        return TestApp.SHOP
                .get(gateway, "/channels/" + channel + "/users", Map.of())
                .body();
    }

    @Test
    void pageThatIsLoadedAgain_doesNotFlicker() throws IOException {
        try (PusherClient watcher = shop()) {
            watcher.join("presence-reload", "{\"user_id\":\"w\"}");
            PusherClient before = shop();
            before.join("presence-reload", "{\"user_id\":\"r\"}");
            watcher.expect("pusher_internal:member_added", "presence-reload");
            before.close();
            try (PusherClient after = shop()) {
                assertEquals(
                        2,
                        after.join("presence-reload", "{\"user_id\":\"r\"}")
                                .path("count")
                                .asInt());
                publish("presence-reload", "e", "next");
                assertEquals("next", watcher.next().path("data").asText());
            }
        }
    }

    @Test
    void presenceChannel_thatIsFull_refusesAnother_butNotAnotherConnectionOfAMember() throws IOException {
        var clients = new ArrayList<PusherClient>();
        try {
            for (String user : List.of("a", "b", "c")) {
                clients.add(shop());
                clients.getLast().join("presence-full", "{\"user_id\":\"" + user + "\"}");
            }
            clients.add(shop());
            clients.getLast().ask("presence-full", "{\"user_id\":\"d\"}");
            assertEquals(
                    "LimitReached",
                    clients.getLast()
                            .expect("pusher:subscription_error", "presence-full")
                            .path("type")
                            .asText());
            assertEquals(
                    3,
                    clients.getLast()
                            .join("presence-full", "{\"user_id\":\"a\"}")
                            .path("count")
                            .asInt());
        } finally {
            for (PusherClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void cacheChannel_givesItsLastEventOfAServer_behindTheAnswer() throws Exception {
        try (PusherClient first = shop();
                PusherClient second = shop()) {
            first.subscribe("private-cache-board");
            first.expect("pusher:cache_miss", "private-cache-board");
            first.expect("pusher_internal:subscription_count", "private-cache-board");
            publish("private-cache-board", "moved", "{\"x\":1}");
            first.expect("moved", "private-cache-board");
            first.socket.send("{\"event\":\"client-a\",\"channel\":\"private-cache-board\",\"data\":{}}");
            first.expectNothing();
            second.subscribe("private-cache-board");
            assertEquals(
                    "{\"x\":1}", second.expect("moved", "private-cache-board").toString());
            gateway.advance(java.time.Duration.ofMinutes(31));
            try (PusherClient late = shop()) {
                late.subscribe("private-cache-board");
                late.expect("pusher:cache_miss", "private-cache-board");
            }
        }
    }

    @Test
    void nameThatOnlyHoldsAPrefix_isNoCacheChannel() throws IOException {
        publish("my-cache-x", "e", "1");
        try (PusherClient client = shop()) {
            client.subscribe("my-cache-x");
            client.expect("pusher_internal:subscription_count", "my-cache-x");
            client.expectNothing();
        }
    }

    @Test
    void signedInUser_getsWhatIsSentToIt_onEveryConnection_withoutSubscribing() throws IOException {
        try (PusherClient one = shop();
                PusherClient two = shop();
                PusherClient other = shop()) {
            String user = "{\"id\":\"u-7\",\"user_info\":{\"name\":\"Seven\"}}";
            for (PusherClient client : List.of(one, two)) {
                assertEquals(
                        user,
                        client.signIn(user)
                                .expect("pusher:signin_success", null)
                                .path("user_data")
                                .asText());
            }
            other.signIn("{\"id\":\"u-8\"}").expect("pusher:signin_success", null);
            one.ask("#server-to-user-u-7", null);
            one.expect("pusher_internal:subscription_succeeded", "#server-to-user-u-7");
            publish("#server-to-user-u-7", "hello", "{\"n\":1}");
            for (PusherClient client : List.of(one, two)) {
                assertEquals(
                        "{\"n\":1}",
                        client.expect("hello", "#server-to-user-u-7").toString());
            }
            other.ask("#server-to-user-u-7", null);
            other.expect("pusher:subscription_error", "#server-to-user-u-7");
            other.expectNothing();
            two.signIn("{\"id\":\"someone-else\"}").expect("pusher:error", null);
            JsonNode members = one.ask("presence-signed", null)
                    .expect("pusher_internal:subscription_succeeded", "presence-signed");
            assertEquals("Seven", members.at("/presence/hash/u-7/name").asText());
        }
    }

    @Test
    void watcher_learnsWhoIsOnline_andWhenThatChanges() throws Exception {
        try (PusherClient watcher = shop();
                PusherClient friend = shop()) {
            friend.signIn("{\"id\":\"friend\"}").expect("pusher:signin_success", null);
            watcher.signIn("{\"id\":\"watcher\",\"watchlist\":[\"friend\",\"late\",\"never said \\u0001\"]}")
                    .expect("pusher:signin_success", null);
            assertEquals(
                    "{\"events\":[{\"name\":\"online\",\"user_ids\":[\"friend\"]},{\"name\":\"offline\",\"user_ids\":[\"late\",\"never said \\u0001\"]}]}",
                    watcher.expect("pusher_internal:watchlist_events", null).toString());
            PusherClient late = shop();
            late.signIn("{\"id\":\"late\"}").expect("pusher:signin_success", null);
            assertEquals(
                    "{\"events\":[{\"name\":\"online\",\"user_ids\":[\"late\"]}]}",
                    watcher.expect("pusher_internal:watchlist_events", null).toString());
            late.close();
            assertEquals(
                    "{\"events\":[{\"name\":\"offline\",\"user_ids\":[\"late\"]}]}",
                    watcher.expect("pusher_internal:watchlist_events", null).toString());
        }
    }

    @Test
    void terminatedUser_isDisconnected_onEveryConnectionThatSignedIn_andNobodyElse() throws IOException {
        try (PusherClient one = shop();
                PusherClient two = shop();
                PusherClient member = shop()) {
            one.signIn("{\"id\":\"bad\"}").expect("pusher:signin_success", null);
            two.signIn("{\"id\":\"bad\"}").expect("pusher:signin_success", null);
            member.join("presence-terminate", "{\"user_id\":\"bad\"}");
            assertEquals(
                    200,
                    TestApp.BANK
                            .post(gateway, "/users/bad/terminate_connections", "{}")
                            .status());
            one.expectNothing();
            assertEquals(
                    new TestGateway.Answer(200, "{}"),
                    TestApp.SHOP.post(gateway, "/users/bad/terminate_connections", "{}"));
            for (PusherClient client : List.of(one, two)) {
                WsClient.End end = client.socket.readToClose();
                assertEquals(4009, end.code());
                assertEquals("You got disconnected by the app.", end.reason());
            }
            member.expectNothing();
        }
    }

    @Test
    void nativeAndPusherSubscribers_getTheSame_inTheSameOrder_fromBothDoors() throws IOException {
        TestToken token = TestToken.acme();
        try (WsClient native1 = gateway.connect(token);
                PusherClient client = shop()) {
            native1.subscribe("private-both");
            client.subscribe("private-both");
            client.expect("pusher_internal:subscription_count", "private-both");
            publish("private-both", "a", "{\"n\":1}");
            native1.send("{\"type\":\"publish\",\"channel\":\"private-both\",\"payload\":{\"data\":{\"n\":2}}}");
            assertEquals("{\"n\":1}", client.expect("a", "private-both").toString());
            assertEquals("{\"n\":2}", client.expect("message", "private-both").toString());
            client.socket.send("{\"event\":\"client-c\",\"channel\":\"private-both\",\"data\":{\"n\":3}}");
            var seen = new ArrayList<String>();
            for (int i = 0; i < 3; i++) {
                JsonNode event = native1.expect("event");
                seen.add(event.at("/payload/name").asText() + event.at("/payload/data"));
            }
            assertEquals(List.of("a{\"n\":1}", "message{\"n\":2}", "client-c{\"n\":3}"), seen);
            client.expectNothing();
        }
    }

    @Test
    void sameNames_inAnotherApp_areOtherChannelsAndUsers() throws IOException {
        try (PusherClient shop = shop();
                PusherClient bank = PusherClient.connect(gateway, TestApp.BANK)) {
            shop.join("presence-same", "{\"user_id\":\"u\"}");
            assertEquals(
                    1,
                    bank.join("presence-same", "{\"user_id\":\"v\"}")
                            .path("count")
                            .asInt());
            bank.signIn("{\"id\":\"u\"}").expect("pusher:signin_success", null);
            publish("presence-same", "e", "1");
            publish("#server-to-user-u", "e", "2");
            shop.expect("e", "presence-same");
            bank.expectNothing();
        }
    }

    @Test
    void clientThatClosesWith4200_leavesNothingBehind() throws Exception {
        try (PusherClient client = shop()) {
            client.join("presence-closing", "{\"user_id\":\"c\"}");
            client.socket.sendBytes(WsClient.close(4200));
            assertEquals(4200, client.socket.readToClose().code());
        }
        TestGateway.until("the channel is empty", () -> !occupied().contains("presence-closing"));
    }

    private static java.util.Set<String> occupied() throws IOException {
        var names = new TreeSet<String>();
        JSON.readTree(TestApp.SHOP.get(gateway, "/channels", Map.of()).body())
                .path("channels")
                .fieldNames()
                .forEachRemaining(names::add);
        return names;
    }

    @Test
    void clientThatComesAndGoes_getsNoMoreChannelsForTheRestOfTheMinute_andKeepsThoseItHas() throws IOException {
        try (PusherClient client = shop()) {
            client.subscribe("private-encrypted-kept");
            for (int i = 0; i < 5; i++) {
                client.subscribe("private-encrypted-" + i);
                client.unsubscribe("private-encrypted-" + i);
            }
            client.ask("private-encrypted-more", null);
            assertEquals(
                    "LimitReached",
                    client.expect("pusher:subscription_error", "private-encrypted-more")
                            .path("type")
                            .asText());
            publish("private-encrypted-kept", "e", "{}");
            client.expect("e", "private-encrypted-kept");
        }
    }

    @Test
    void clientThatIsRefusedAgainAndAgain_isClosedWith4100() throws IOException {
        try (PusherClient client = shop()) {
            for (int i = 0; i <= PusherSession.REFUSALS_PER_MINUTE_MAX; i++) {
                client.socket.send("{\"event\":\"client-a\",\"channel\":\"private-x\",\"data\":{}}");
            }
            WsClient.End end = client.socket.readToClose();
            assertEquals(4100, end.code());
            assertEquals(PusherSession.REFUSALS_PER_MINUTE_MAX + 1, end.texts().size());
        }
    }

    @Test
    void userWhoSignsInOnceMore_losesNothingThatIsOnItsWay() throws IOException {
        try (PusherClient client = shop()) {
            client.signIn("{\"id\":\"again\",\"watchlist\":[\"a\"]}").expect("pusher:signin_success", null);
            client.expect("pusher_internal:watchlist_events", null);
            for (int i = 0; i < 50; i++) {
                publish("#server-to-user-again", "n", "[" + i + "]");
                client.signIn("{\"id\":\"again\"}");
            }
            int next = 0;
            int answers = 0;
            while (next < 50 || answers < 50) {
                JsonNode got = client.next();
                if (got.path("event").asText().equals("n")) {
                    assertEquals("[" + next++ + "]", got.path("data").asText());
                } else {
                    assertEquals("pusher:signin_success", got.path("event").asText());
                    answers++;
                }
            }
        }
    }

    @Test
    void compressionAndFragments_areTakenAsByAnyDoor() throws IOException {
        try (PusherClient client = shop()) {
            client.socket.sendBytes(WsClient.frame(
                    WsClient.TEXT, "{\"event\":\"pusher:".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            client.socket.sendBytes(WsClient.frame(
                    WsClient.FIN, "ping\",\"data\":{}}".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            assertEquals("pusher:pong", client.next().path("event").asText());
            client.socket.sendBytes(WsClient.frame(WsClient.FIN | WsClient.BINARY, new byte[] {1}));
            assertFalse(client.socket.readToClose().code() >= 4300);
        }
    }
}

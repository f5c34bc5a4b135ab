package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.pusher.rest.Pusher;
import com.pusher.rest.SignatureUtil;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What official clients never send, and what only some of them do. */
@ExtendWith(OneGateway.class)
final class MessagesTest {
    private final PackagedGateway gateway;
    private final Pusher server;

    MessagesTest(PackagedGateway gateway) {
        this.gateway = gateway;
        this.server = TestApp.ACME.server(gateway.port());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "null",
                "{}",
                "{\"event\":1}",
                "{\"event\":\"pusher:subscribe\"}",
                "{\"event\":\"pusher:subscribe\",\"data\":null}",
                "{\"event\":\"pusher:subscribe\",\"data\":{}}",
                "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":7}}",
                "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"\"}}",
                "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a b\"}}",
                "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"#members:presence-a\"}}",
                "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\",\"auth\":\"acme-key\"}}",
                "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\",\"auth\":\":\"}}",
                "{\"event\":\"pusher:signin\",\"data\":{}}",
                "{\"event\":\"pusher:unknown\",\"data\":{}}",
                "{\"event\":\"client-x\",\"data\":{}}",
                "{\"event\":\"pusher_internal:member_added\",\"channel\":\"presence-a\",\"data\":{}}",
            })
    void messageThatCannotBeObeyed_isAnswered_andTheConnectionStays(String message) {
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            wire.send(message);
            JsonNode answer = wire.await("an answer", _ -> true);
            assertTrue(
                    Set.of("pusher:error", "pusher:subscription_error")
                            .contains(answer.path("event").asText()),
                    answer.toString());
            wire.roundTrip();
        }
    }

    @Test
    void unsubscribe_fromWhatIsNotSubscribed_isPassedOver() {
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            wire.unsubscribe("nowhere");
            wire.roundTrip();
            assertEquals(List.of(), wire.frames().all(Wire.isEvent("pusher:error")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "x", "{\"user_id\":null}", "{\"user_id\":\"\"}", "{\"user_id\":{}}"})
    void memberWithoutAnId_isRefused_thoughItsDataIsSigned(String channelData) {
        String room = Names.fresh("presence-room-");
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            subscribe(wire, room, channelData);
            wire.awaitEvent("pusher:subscription_error");
            wire.roundTrip();
            assertEquals(Set.of(), Api.users(server, room));
        }
    }

    @Test
    void memberTooLarge_isRefused_andOneJustSmallEnoughIsNot() {
        String room = Names.fresh("presence-room-");
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            subscribe(wire, room, Json.text(Map.of("user_id", "x".repeat(129))));
            wire.awaitEvent("pusher:subscription_error");
            subscribe(wire, room, Json.text(Map.of("user_id", "a", "user_info", Map.of("n", "x".repeat(1_017)))));
            wire.awaitEvent("pusher:subscription_error");
            subscribe(
                    wire,
                    room,
                    Json.text(Map.of("user_id", "x".repeat(128), "user_info", Map.of("n", "x".repeat(1_016)))));
            wire.awaitSubscribed(room);
        }
    }

    @Test
    void member_whoHasSignedIn_needsNoDataOfItsOwn() {
        String room = Names.fresh("presence-room-");
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            wire.signIn(TestApp.ACME, "ann");
            wire.awaitEvent("pusher:signin_success");
            wire.send(
                    "pusher:subscribe",
                    null,
                    Map.of("channel", room, "auth", auth(wire.socketId() + ":" + room))); // as for a private channel
            JsonNode presence =
                    Json.unwrap(wire.awaitSubscribed(room).path("data")).path("presence");
            assertEquals(
                    "{\"name\":\"User ann\"}", presence.path("hash").path("ann").toString());
            assertEquals(Set.of("ann"), Api.users(server, room));
        }
    }

    @Test
    void numericUserId_staysANumberWhereItIsTold() {
        String room = Names.fresh("presence-room-");
        try (Wire first = Wire.connect(gateway.port(), TestApp.ACME);
                Wire second = Wire.connect(gateway.port(), TestApp.ACME)) {
            subscribe(first, room, "{\"user_id\":1}");
            first.awaitSubscribed(room);
            subscribe(second, room, "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}");
            assertEquals(
                    "{\"presence\":{\"ids\":[1,10],\"hash\":{\"1\":{},\"10\":{\"name\":\"Mr. Channels\"}},\"count\":2}}",
                    second.awaitSubscribed(room).path("data").textValue());
            assertEquals(
                    "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}",
                    first.awaitEvent("pusher_internal:member_added")
                            .path("data")
                            .textValue());
            assertEquals(Set.of("1", "10"), Api.users(server, room));
        }
    }

    @Test
    void watcher_isToldWhoComesAndGoes() {
        String user = Names.fresh("friend-");
        try (Wire watcher = Wire.connect(gateway.port(), TestApp.ACME)) {
            String userData = Json.text(Map.of("id", Names.fresh("watcher-"), "watchlist", List.of(user)));
            watcher.send("pusher:signin", null, Json.parse(TestApp.ACME.authenticate(watcher.socketId(), userData)));
            assertEquals("offline", watchlistEvent(watcher));
            try (Wire friend = Wire.connect(gateway.port(), TestApp.ACME)) {
                friend.signIn(TestApp.ACME, user);
                assertEquals("online", watchlistEvent(watcher));
            }
            assertEquals("offline", watchlistEvent(watcher));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a@b.example", "semi;colon,comma=", "_-."})
    void usersOfAnyId_canBeSignedInAndTerminated(String user) {
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            wire.signIn(TestApp.ACME, user);
            wire.awaitEvent("pusher:signin_success");
            Api.body(server.post("/users/" + user + "/terminate_connections", "{}"));
            assertEquals(4009, wire.awaitClose());
        }
    }

    @Test
    void messageOverTheLimit_isNotTaken_andTheCodeLetsClientsComeBack() {
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            wire.send("x".repeat(70_000));
            int code = wire.awaitClose();
            assertTrue(code == 1009, "closed with " + code);
        }
    }

    private static String auth(String signed) {
        return TestApp.ACME.key() + ":" + SignatureUtil.sign(signed, TestApp.ACME.secret());
    }

    private static String watchlistEvent(Wire watcher) {
        return watcher.awaitEvent("pusher_internal:watchlist_events")
                .path("data")
                .path("events")
                .path(0)
                .path("name")
                .asText();
    }

    private static void subscribe(Wire wire, String room, String channelData) {
        String auth = auth(wire.socketId() + ":" + room + ":" + channelData);
        wire.send("pusher:subscribe", null, Map.of("channel", room, "auth", auth, "channel_data", channelData));
    }
}

package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pusher.rest.Pusher;
import com.pusher.rest.SignatureUtil;
import com.pusher.rest.data.Event;
import com.pusher.rest.data.PresenceUser;
import com.pusher.rest.data.Result;
import com.pusher.rest.data.Result.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTTP API as Pusher's Java SDK uses it, and what the SDK makes of its answers. */
@ExtendWith(OneGateway.class)
final class ServerSdkTest {
    private static final int HOSTED_DATA_BYTES = 10_240;

    private final PackagedGateway gateway;
    private final Pusher server;

    ServerSdkTest(PackagedGateway gateway) {
        this.gateway = gateway;
        this.server = TestApp.ACME.server(gateway.port());
    }

    @Test
    void sdkMadeOfAUrl_isTheSame() {
        TestApp app = TestApp.ACME;
        var made = new Pusher(
                "http://" + app.key() + ":" + app.secret() + "@127.0.0.1:" + gateway.port() + "/apps/" + app.id());
        assertEquals("{}", Api.body(made.trigger("a", "b", "c")).toString());
    }

    @Test
    void trigger_toManyChannels_reachesEach_andAnswersAnEmptyObject() {
        List<String> channels = List.of(Names.fresh("a-"), Names.fresh("private-b-"), Names.fresh("c-"));
        try (Wire wire = subscribed(channels)) {
            assertEquals(
                    "{}",
                    Api.body(server.trigger(channels, "many", Map.of("n", 1))).toString());
            for (String channel : channels) {
                wire.await("many", Wire.isEvent("many", channel));
            }
        }
    }

    @Test
    void trigger_withASocketId_reachesAllButThatConnection() {
        String channel = Names.fresh("a-");
        try (Wire sender = subscribed(List.of(channel));
                Wire other = subscribed(List.of(channel))) {
            Api.body(server.trigger(channel, "excluding", "x", sender.socketId()));
            Api.body(server.trigger(List.of(channel), "excluding", "x", sender.socketId()));
            Api.body(server.trigger(List.of(
                    new Event(channel, "excluding", "x", sender.socketId()), new Event(channel, "fence", "x"))));
            for (Wire wire : List.of(sender, other)) {
                wire.awaitEvent("fence");
            }
            assertEquals(0, sender.frames().all(Wire.isEvent("excluding")).size());
            assertEquals(3, other.frames().all(Wire.isEvent("excluding")).size());
        }
    }

    @Test
    void batch_arrivesInItsOrder_onEachChannel() {
        List<String> channels = List.of(Names.fresh("a-"), Names.fresh("private-b-"));
        try (Wire wire = subscribed(channels)) {
            List<Event> batch = IntStream.range(0, 10)
                    .mapToObj(i -> new Event(channels.get(i % 2), "batched", i))
                    .toList();
            assertEquals("{}", Api.body(server.trigger(batch)).toString());
            for (int i = 0; i < 10; i++) {
                wire.awaitEvent("batched");
            }
            for (int first = 0; first < 2; first++) {
                assertEquals(
                        IntStream.iterate(first, i -> i < 10, i -> i + 2)
                                .boxed()
                                .toList(),
                        wire.frames().all(Wire.isEvent("batched", channels.get(first))).stream()
                                .map(frame -> Json.unwrap(frame.path("data")).asInt())
                                .toList());
            }
        }
    }

    @Test
    void emptyData_isLegal() {
        String channel = Names.fresh("a-");
        try (Wire wire = subscribed(List.of(channel))) {
            Api.body(server.post("/events", event("empty", channel, "")));
            assertEquals("", wire.awaitEvent("empty").path("data").textValue());
        }
    }

    @Test
    void attributes_askedForWithAnEvent_areAnswered() {
        String presence = Names.fresh("presence-room-");
        String open = Names.fresh("a-");
        try (Wire wire = subscribed(List.of(open))) {
            wire.subscribe(TestApp.ACME, presence, new PresenceUser("ann"));
            wire.awaitSubscribed(presence);
            String body = Json.text(Map.of(
                    "name",
                    "e",
                    "data",
                    "d",
                    "channels",
                    List.of(presence, open),
                    "info",
                    "user_count,subscription_count"));
            var channels = Api.body(server.post("/events", body)).path("channels");
            assertEquals(1, channels.path(presence).path("user_count").asInt());
            assertEquals(1, channels.path(open).path("subscription_count").asInt());
            assertFalse(channels.path(open).has("user_count"));

            String batch = Json.text(Map.of(
                    "batch",
                    List.of(
                            Map.of("name", "e", "data", "d", "channel", presence, "info", "user_count"),
                            Map.of("name", "e", "data", "d", "channel", open))));
            assertEquals(
                    "{\"batch\":[{\"user_count\":1},{}]}",
                    Api.body(server.post("/batch_events", batch)).toString());
        }
    }

    @Test
    void channels_areThoseOccupied_withTheirUserCounts_andAnEmptyObjectIfThereAreNone() {
        String prefix = Names.fresh("presence-rooms-") + "-";
        try (Wire one = Wire.connect(gateway.port(), TestApp.ACME);
                Wire two = Wire.connect(gateway.port(), TestApp.ACME)) {
            one.subscribe(TestApp.ACME, prefix + "1", new PresenceUser("ann"));
            one.awaitSubscribed(prefix + "1");
            two.subscribe(TestApp.ACME, prefix + "1", new PresenceUser("ann"));
            two.awaitSubscribed(prefix + "1");
            one.subscribe(TestApp.ACME, prefix + "2", new PresenceUser("ann"));
            one.awaitSubscribed(prefix + "2");
            two.subscribe(TestApp.ACME, prefix + "2", new PresenceUser("bob"));
            two.awaitSubscribed(prefix + "2");

            var channels = Api.body(server.get("/channels", Map.of("filter_by_prefix", prefix, "info", "user_count")))
                    .path("channels");
            assertEquals(1, channels.path(prefix + "1").path("user_count").asInt());
            assertEquals(2, channels.path(prefix + "2").path("user_count").asInt());
            assertEquals(2, channels.size());
            assertEquals(
                    "{\"channels\":{}}",
                    Api.body(server.get("/channels", Map.of("filter_by_prefix", "nobody-is-here-")))
                            .toString());
            assertEquals(Set.of("ann", "bob"), Api.users(server, prefix + "2"));
        }
    }

    @Test
    void channel_isDescribed_byWhatIsAskedFor() {
        String presence = Names.fresh("presence-room-");
        String cache = Names.fresh("cache-");
        try (Wire wire = subscribed(List.of(cache))) {
            wire.subscribe(TestApp.ACME, presence, new PresenceUser("ann"));
            wire.awaitSubscribed(presence);
            assertEquals(
                    "{\"occupied\":true,\"user_count\":1}",
                    Api.body(server.get("/channels/" + presence, Map.of("info", "user_count")))
                            .toString());
            assertEquals(
                    "{\"occupied\":true,\"subscription_count\":1,\"cache\":null}",
                    Api.body(server.get("/channels/" + cache, Map.of("info", "subscription_count,cache")))
                            .toString());
            Api.publish(server, cache, "kept");
            var kept = Api.body(server.get("/channels/" + cache, Map.of("info", "cache")))
                    .path("cache");
            assertEquals("{\"n\":1}", kept.path("data").textValue());
            assertTrue(kept.path("ttl").asInt() > 0, kept.toString());
            assertEquals(
                    "{\"occupied\":false}",
                    Api.body(server.get("/channels/" + Names.fresh("empty-"))).toString());
        }
    }

    @Test
    void nameThatOnlyContainsCache_isNoCacheChannel() {
        String channel = Names.fresh("my-cache-");
        Api.publish(server, channel, "gone");
        try (Wire wire = subscribed(List.of(channel))) {
            wire.roundTrip();
            assertEquals(List.of(), wire.frames().all(Wire.isEvent("gone").or(Wire.isEvent("pusher:cache_miss"))));
            Api.assertRefused(400, Status.CLIENT_ERROR, server.get("/channels/" + channel, Map.of("info", "cache")));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, acme-key, wrong", "1, unknown-key, wrong", "1, plain-key, plain-secret-that-nobody-knows-012"})
    void wrongSecret_unknownKey_orTheKeyOfAnotherApp_areAuthenticationErrors_notToBeRetried(
            String id, String key, String secret) {
        Pusher wrong = TestApp.server(gateway.port(), id, key, secret);
        for (Result result : List.of(
                wrong.trigger("a", "b", "c"),
                wrong.get("/channels"),
                wrong.get("/channels/presence-a/users"),
                wrong.post("/users/1/terminate_connections", "{}"))) {
            Api.assertRefused(401, Status.AUTHENTICATION_ERROR, result);
            assertFalse(result.getStatus().shouldRetry());
        }
    }

    @Test
    void unknownApp_isNotFound_andADisabledOneForbidden_neitherToBeRetried() {
        TestApp app = TestApp.ACME;
        Api.assertRefused(
                404,
                Status.NOT_FOUND,
                TestApp.server(gateway.port(), "77", app.key(), app.secret()).trigger("a", "b", "c"));
        Api.assertRefused(
                403,
                Status.MESSAGE_QUOTA_EXCEEDED,
                TestApp.OFF.server(gateway.port()).trigger("a", "b", "c"));
        assertFalse(Status.NOT_FOUND.shouldRetry() || Status.MESSAGE_QUOTA_EXCEEDED.shouldRetry());
    }

    @Test
    void body_thatIsNotTheOneThatWasSigned_isRefused() throws Exception {
        String signed = event("e", "a", "signed");
        URI uri = server.signedUri("POST", "/apps/1/events", signed);
        assertEquals(200, post(uri, signed).statusCode());
        assertEquals(401, post(uri, event("e", "a", "forged")).statusCode());
    }

    @Test
    void staleTimestamp_isRefused_andOneWithinTenMinutesIsNot() throws Exception {
        String body = event("e", "a", "d");
        long now = System.currentTimeMillis() / 1_000;
        assertEquals(200, post(signedAt(now - 500, body), body).statusCode());
        assertEquals(200, post(signedAt(now + 500, body), body).statusCode());
        for (long wrong : List.of(now - 700, now + 700)) {
            HttpResponse<String> answer = post(signedAt(wrong, body), body);
            assertEquals(401, answer.statusCode());
            assertTrue(answer.body().startsWith("Timestamp expired: Given timestamp ("), answer.body());
            assertTrue(answer.body().endsWith("\n"), answer.body());
        }
    }

    @Test
    void dataAtTheLimit_passes_andOneByteMoreIsTooLarge() {
        Api.body(server.post("/events", event("e", "a", "x".repeat(HOSTED_DATA_BYTES))));
        Result result = server.post("/events", event("e", "a", "x".repeat(HOSTED_DATA_BYTES + 1)));
        assertEquals(413, result.getHttpStatus());
        assertTrue(
                result.getMessage()
                        .startsWith("The data content of this event exceeds the allowed maximum (10240 bytes)"),
                result.getMessage());
        assertEquals(
                413,
                server.trigger(List.of(
                                new Event("a", "e", "small"), new Event("a", "e", "x".repeat(HOSTED_DATA_BYTES + 1))))
                        .getHttpStatus());
    }

    @Test
    void badRequests_areClientErrors_inPushersWords() {
        assertBad("Batch too large (11 > 10)\n", server.trigger(Collections.nCopies(11, new Event("a", "e", "d"))));
        assertBad("Users can only be retrieved for presence channels\n", server.get("/channels/private-a/users"));
        assertBad(
                "Cannot retrieve the user count unless the channel is a presence channel\n",
                server.get("/channels/private-a", Map.of("info", "user_count")));
        assertBad(
                "user_count may only be requested for presence channels - please supply filter_by_prefix begining with presence-\n",
                server.get("/channels", Map.of("info", "user_count")));
        assertBad(
                "Missing required parameter: channel\n",
                server.post("/batch_events", "{\"batch\":[{\"name\":\"e\",\"data\":\"d\"}]}"));
        for (String body : List.of(
                "{",
                "[]",
                "{}",
                "{\"name\":\"e\",\"channel\":\"a\"}",
                "{\"name\":\"e\",\"channel\":\"a\",\"data\":{}}",
                event("pusher:error", "a", "d"),
                event("pusher_internal:member_added", "a", "d"),
                event("x".repeat(201), "a", "d"),
                event("e", "bad channel", "d"),
                event("e", "x".repeat(165), "d"),
                "{\"name\":\"e\",\"channel\":\"a\",\"data\":\"d\",\"socket_id\":\"nonsense\"}")) {
            assertBad(null, server.post("/events", body));
        }
        String encrypted = Json.text(
                Map.of("name", "e", "data", "d", "channels", List.of("private-encrypted-a", "private-encrypted-b")));
        assertBad(null, server.post("/events", encrypted));
    }

    private static void assertBad(@Nullable String words, Result result) {
        Api.assertRefused(400, Status.CLIENT_ERROR, result);
        assertFalse(result.getStatus().shouldRetry());
        if (words != null) {
            assertEquals(words, result.getMessage());
        }
    }

    private Wire subscribed(List<String> channels) {
        Wire wire = Wire.connect(gateway.port(), TestApp.ACME);
        for (String channel : channels) {
            if (channel.startsWith("private-")) {
                wire.subscribe(TestApp.ACME, channel);
            } else {
                wire.subscribe(channel);
            }
            wire.awaitSubscribed(channel);
        }
        return wire;
    }

    private static String event(String name, String channel, String data) {
        return Json.text(Map.of("name", name, "channel", channel, "data", data));
    }

    /** As the SDK signs, which takes no other time than now. */
    private URI signedAt(long seconds, String body) {
        URI now = server.signedUri("POST", "/apps/1/events", body);
        String query = now.getQuery()
                .replaceAll("auth_timestamp=\\d+", "auth_timestamp=" + seconds)
                .replaceAll("&?auth_signature=[0-9a-f]+", "");
        String sorted = String.join("&", new TreeSet<>(List.of(query.split("&", -1))));
        String signature = SignatureUtil.sign("POST\n/apps/1/events\n" + sorted, TestApp.ACME.secret());
        return URI.create(
                "http://127.0.0.1:" + gateway.port() + "/apps/1/events?" + sorted + "&auth_signature=" + signature);
    }

    private static HttpResponse<String> post(URI uri, String body) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(uri)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}

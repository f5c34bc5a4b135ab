package dev.heliograph.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ClientMessage.Subscription;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Operator;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.PresencePage;
import dev.heliograph.protocol.message.PresenceState;
import dev.heliograph.protocol.message.PresenceUser;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.ServerMessage.PresenceDone;
import dev.heliograph.protocol.message.SubscribeOptions;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The golden wire files, which the TypeScript client's tests read too, are exactly what the native codec reads and writes. */
final class GoldenWireTest {
    private static final Path WIRE = Path.of("src/test/resources/wire");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long NOW = 1701234567890L;
    private static final Position AT = new Position("k3f9", 42);
    private static final NativeCodec CODEC = new NativeCodec();
    private static final String TASKS = "presence:workspace/tasks";
    private static final PresenceUser ALICE = new PresenceUser(
            "user1", "Alice", 1701234560000L, 1701234500000L, 2, RawJson.of("{\"cursor\":{\"row\":3}}"));
    private static final PresenceUser BOB =
            new PresenceUser("user2", "Bob", 1701234567000L, 1701234530000L, 1, RawJson.EMPTY_OBJECT);
    private static final SubscribeOptions WATCH = new SubscribeOptions(
            new Filter.In("event_name", Set.of("Order Completed"), false), 0.5, 10, 100, true, "ws_1");

    private static final Map<String, ClientMessage> CLIENT = new TreeMap<>(Map.ofEntries(
            Map.entry("client-authenticate", new ClientMessage.Authenticate("req_1", "header.payload.signature")),
            Map.entry(
                    "client-subscribe",
                    subscribe("req_123", new Subscription("entity:Task", null, SubscribeOptions.NONE))),
            Map.entry(
                    "client-subscribe-recover",
                    subscribe(
                            "req_2",
                            new Subscription(
                                    "private-prod-segment-events",
                                    AT,
                                    SubscribeOptions.filtered(new Filter.And(List.of(
                                            new Filter.In(
                                                    "event_name", Set.of("Order Completed", "Product Added"), false),
                                            new Filter.Not(new Filter.Compare(Operator.EQ, "late", true)))))))),
            Map.entry(
                    "client-subscribe-watch",
                    subscribe("req_9", new Subscription("private-prod-segment-events", null, WATCH))),
            Map.entry(
                    "client-subscribe-many",
                    new ClientMessage.Subscribe(
                            "req_3",
                            List.of(
                                    new Subscription("entity:Task", AT, SubscribeOptions.NONE),
                                    new Subscription("user:u_42", null, SubscribeOptions.NONE)),
                            true)),
            Map.entry("client-unsubscribe", new ClientMessage.Unsubscribe("req_4", "entity:Task")),
            Map.entry(
                    "client-publish",
                    new ClientMessage.Publish(
                            "req_5",
                            "entity:Task",
                            "moved",
                            RawJson.of("{\"x\":1,\"label\":\"é\\\"\\n\"}"),
                            "node-1",
                            "m-1")),
            Map.entry(
                    "client-publish-bare",
                    new ClientMessage.Publish(null, "chat", "message", RawJson.of("\"hello\""), null, null)),
            Map.entry("client-history", new ClientMessage.History("req_6", "entity:Task", AT, 10)),
            Map.entry(
                    "client-presence-join",
                    new ClientMessage.PresenceJoin("req_9", TASKS, RawJson.of("{\"cursor\":{\"row\":3}}"))),
            Map.entry("client-presence-leave", new ClientMessage.PresenceLeave("req_10", TASKS)),
            Map.entry("client-presence-heartbeat", new ClientMessage.PresenceHeartbeat(null, null)),
            Map.entry(
                    "client-presence-update",
                    new ClientMessage.PresenceUpdate("req_11", TASKS, RawJson.of("{\"cursor\":{\"row\":4}}"))),
            Map.entry("client-presence-list", new ClientMessage.PresenceList("req_12", TASKS, 7, 2)),
            Map.entry("client-ping", new ClientMessage.Ping("req_7")),
            Map.entry("client-pong", new ClientMessage.Pong(null))));

    private static final Map<String, ServerMessage> SERVER = new TreeMap<>(Map.ofEntries(
            Map.entry("server-connected", new ServerMessage.Connected("c_9x2", null, "gw-1", 25_000, 65_536, null)),
            Map.entry(
                    "server-authenticated",
                    new ServerMessage.Authenticated("req_1", "u_42", 1701238167000L, List.of("entity:Secret"))),
            Map.entry(
                    "server-subscribed",
                    new ServerMessage.Subscribed(
                            "req_123", new ServerMessage.Joined("entity:Task", AT, true, true, SubscribeOptions.NONE))),
            Map.entry(
                    "server-subscribed-many",
                    new ServerMessage.SubscribedMany(
                            "req_3",
                            List.of(
                                    new ServerMessage.Joined("entity:Task", AT, false, true, SubscribeOptions.NONE),
                                    new ServerMessage.NotJoined(
                                            "user:u_7",
                                            ErrorCode.FORBIDDEN,
                                            "the token does not grant subscribe on user:u_7")))),
            Map.entry("server-unsubscribed", new ServerMessage.Unsubscribed("req_4", "entity:Task")),
            Map.entry("server-published", new ServerMessage.Published("req_5", "entity:Task", AT)),
            Map.entry(
                    "server-history",
                    new ServerMessage.History(
                            "req_6",
                            "entity:Task",
                            List.of(publication("entity:Task", "moved", "{\"x\":1}", "node-1")),
                            AT,
                            true)),
            Map.entry(
                    "server-lost",
                    new ServerMessage.Lost("entity:Task", 3, new Position("k3f9", 40), AT, "slow_consumer")),
            Map.entry("server-presence-joined", new PresenceDone("req_9", TASKS, PresenceDone.Done.JOINED)),
            Map.entry("server-presence-left", new PresenceDone("req_10", TASKS, PresenceDone.Done.LEFT)),
            Map.entry("server-presence-seen", new PresenceDone("req_13", null, PresenceDone.Done.SEEN)),
            Map.entry("server-presence-updated", new PresenceDone("req_11", TASKS, PresenceDone.Done.UPDATED)),
            Map.entry(
                    "server-presence-members",
                    new ServerMessage.PresenceMembers(
                            "req_12", TASKS, new PresencePage(List.of(ALICE, named(BOB, null)), 9L, 3))),
            Map.entry(
                    "server-presence-sync",
                    new ServerMessage.PresenceSync(TASKS, new PresenceState(List.of(ALICE, BOB), 2))),
            Map.entry(
                    "server-presence-sync-count",
                    new ServerMessage.PresenceSync(TASKS, new PresenceState(List.of(), 5000))),
            Map.entry("server-drain", new ServerMessage.Drain(7_350)),
            Map.entry(
                    "server-subscribed-watch",
                    new ServerMessage.Subscribed(
                            "req_9", new ServerMessage.Joined("private-prod-segment-events", AT, false, false, WATCH))),
            Map.entry(
                    "server-skipped",
                    new ServerMessage.Skipped("board", 2, new Position("k3f9", 40), new Position("k3f9", 41))),
            Map.entry("server-degraded", new ServerMessage.Degraded("slow_consumer")),
            Map.entry("server-restored", new ServerMessage.Restored("slow_consumer")),
            Map.entry(
                    "server-stats", new ServerMessage.Stats("private-prod-segment-events", "ws_1", 120, 3000, 131, 17)),
            Map.entry("server-ping", new ServerMessage.Ping()),
            Map.entry("server-pong", new ServerMessage.Pong("req_7")),
            Map.entry(
                    "server-error",
                    new ServerMessage.Failed(
                            "req_8",
                            "entity:Secret",
                            ErrorCode.FORBIDDEN,
                            "the token does not grant publish on entity:Secret")),
            Map.entry(
                    "server-error-version",
                    new ServerMessage.Failed(
                            null, null, ErrorCode.UNSUPPORTED_VERSION, "this gateway speaks version 1"))));

    private static final Map<String, Publication> PUBLICATIONS = new TreeMap<>(
            Map.ofEntries(
                    Map.entry(
                            "server-event",
                            publication("private-prod-segment-events", "segment-event", data("server-event"), null)),
                    Map.entry(
                            "server-event-keyed", publication("board", "moved", "{\"label\":\"é\\\"\\n\"}", "node-1")),
                    Map.entry("server-presence-join", presence("presence:join", BOB.toJson())),
                    Map.entry(
                            "server-presence-leave",
                            presence("presence:leave", BOB.gone().toJson())),
                    Map.entry("server-presence-update", presence("presence:update", ALICE.toJson())),
                    Map.entry(
                            "server-presence-sync-live",
                            presence("presence:sync", new PresenceState(List.of(ALICE, BOB), 2).toJson())),
                    Map.entry(
                            "server-entity-created",
                            own(
                                    "entity:Task",
                                    "entity:created",
                                    data("server-entity-created"),
                                    "{\"entity\":\"Task\",\"id\":\"550e8400-e29b-41d4-a716-446655440000\",\"version\":1,\"userId\":\"u_42\",\"mutationId\":\"m_1\"}")),
                    Map.entry(
                            "server-entity-updated",
                            own(
                                    "entity:Task:550e8400-e29b-41d4-a716-446655440000",
                                    "entity:updated",
                                    data("server-entity-updated"),
                                    "{\"entity\":\"Task\",\"id\":\"550e8400-e29b-41d4-a716-446655440000\",\"version\":2,\"userId\":\"u_42\"}")),
                    Map.entry(
                            "server-entity-deleted",
                            own(
                                    "entity:Task",
                                    "entity:deleted",
                                    data("server-entity-deleted"),
                                    "{\"entity\":\"Task\",\"id\":\"550e8400-e29b-41d4-a716-446655440000\",\"userId\":\"u_42\"}"))));

    @TestFactory
    Stream<DynamicTest> clientFrame_isReadAsItsMessage() {
        return CLIENT.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    byte[] frame = JSON.writeValueAsBytes(frame(entry.getKey()));
                    assertEquals(entry.getValue(), CODEC.decode(Unpooled.wrappedBuffer(frame)));
                }));
    }

    @TestFactory
    Stream<DynamicTest> serverMessage_isWrittenAsItsFrame() {
        return SERVER.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> assertEquals(frame(entry.getKey()), JSON.readTree(CODEC.encode(entry.getValue(), NOW)))));
    }

    @TestFactory
    Stream<DynamicTest> publication_isWrittenAsItsFrame() {
        return PUBLICATIONS.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> assertEquals(frame(entry.getKey()), JSON.readTree(CODEC.encode(entry.getValue())))));
    }

    @Test
    void everyGoldenFile_isHeldByATest() throws IOException {
        try (Stream<Path> files = Files.list(WIRE)) {
            List<String> names = files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .sorted()
                    .toList();
            var held = new TreeMap<String, Object>(CLIENT);
            held.putAll(SERVER);
            held.putAll(PUBLICATIONS);
            assertEquals(List.copyOf(held.keySet()), names);
        }
    }

    private static ClientMessage subscribe(String requestId, Subscription subscription) {
        return new ClientMessage.Subscribe(requestId, List.of(subscription), false);
    }

    private static Publication publication(
            String channel, String name, String data, @org.jspecify.annotations.Nullable String key) {
        return new Publication(new Draft(new ChannelId("acme", channel), name, RawJson.of(data), key, 0, 0), AT, NOW);
    }

    private static PresenceUser named(PresenceUser user, @org.jspecify.annotations.Nullable String name) {
        return new PresenceUser(
                user.id(), name, user.lastSeenMs(), user.joinedAtMs(), user.connections(), user.metadata());
    }

    private static Publication presence(String type, RawJson payload) {
        var draft = new Draft(new ChannelId("acme", TASKS), type, payload, null, 0, 0, null, OwnType.BARE);
        return new Publication(draft, AT, NOW);
    }

    private static Publication own(String channel, String type, String payload, String meta) {
        var draft = new Draft(
                new ChannelId("acme", channel),
                type,
                RawJson.of(payload),
                null,
                0,
                0,
                null,
                new OwnType(RawJson.of(meta)));
        return new Publication(draft, AT, NOW);
    }

    /** What is inside a frame is the producer's, and comes as it was. */
    private static String data(String name) {
        JsonNode payload = frame(name).get("payload");
        return (payload.has("data") ? payload.get("data") : payload).toString();
    }

    private static JsonNode frame(String name) {
        try {
            JsonNode golden = JSON.readTree(WIRE.resolve(name + ".json").toFile());
            assertNotNull(golden.get("description"), name);
            assertEquals(
                    name.substring(0, name.indexOf('-')),
                    golden.get("direction").asText(),
                    name);
            return golden.get("frame");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

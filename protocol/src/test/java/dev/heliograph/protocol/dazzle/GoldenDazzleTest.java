package dev.heliograph.protocol.dazzle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ClientMessage.Subscription;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
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
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The frames of Dazzle's dialect are exactly those of its golden files, and none has a request's id but {@code subscribed}. */
final class GoldenDazzleTest {
    private static final Path WIRE = Path.of("src/test/resources/wire-dazzle");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long NOW = 1701234567890L;
    private static final Position AT = new Position("k3f9", 42);
    private static final DazzleCodec CODEC = new DazzleCodec();
    private static final String TASKS = "presence:workspace/tasks";
    private static final String RECORD = "{\"id\":\"550e8400\",\"title\":\"New task\"}";
    private static final PresenceUser ALICE =
            new PresenceUser("user1", "Alice", NOW - 7_890, NOW - 67_890, 2, RawJson.of("{\"cursor\":{\"row\":3}}"));
    private static final PresenceUser BOB =
            new PresenceUser("user2", null, NOW - 890, NOW - 37_890, 1, RawJson.EMPTY_OBJECT);
    private static final PresenceState BOTH = new PresenceState(List.of(ALICE, BOB), 2);
    private static final ServerMessage.Joined JOINED =
            new ServerMessage.Joined("entity:Task", AT, true, true, SubscribeOptions.NONE);

    private static final Map<String, ClientMessage> CLIENT = Map.of(
            "client-subscribe",
                    new ClientMessage.Subscribe(
                            "req_k3f9x1a2b",
                            List.of(new Subscription("entity:Task", null, SubscribeOptions.NONE)),
                            false),
            "client-unsubscribe", new ClientMessage.Unsubscribe(null, "entity:Task"),
            "client-ping", new ClientMessage.Ping(null),
            "client-presence-join",
                    new ClientMessage.PresenceJoin("req_0d9s8f7g6", TASKS, RawJson.of("{\"cursor\":{\"row\":3}}")),
            "client-presence-leave", new ClientMessage.PresenceLeave(null, TASKS),
            "client-presence-heartbeat", new ClientMessage.PresenceHeartbeat(null, null));

    private static final Map<String, ServerMessage> SERVER = Map.ofEntries(
            Map.entry(
                    "server-connected",
                    new ServerMessage.Connected(
                            "c_9x2", "user1", "gw-1", 25_000, 65_536, "Jq0aXo3lTn5aS0cV8Z1r9w4y2kQmB7uD")),
            Map.entry("server-connected-anonymous", new ServerMessage.Connected("c_9x2", null, "gw-1", 1, 1, null)),
            Map.entry("server-subscribed", new ServerMessage.Subscribed("req_k3f9x1a2b", JOINED)),
            Map.entry(
                    "server-subscriptions",
                    new ServerMessage.SubscribedMany(
                            null,
                            List.of(
                                    JOINED,
                                    new ServerMessage.NotJoined("user:u_7", ErrorCode.FORBIDDEN, "not granted")))),
            Map.entry("server-unsubscribed", new ServerMessage.Unsubscribed("req_4", "entity:Task")),
            Map.entry("server-pong", new ServerMessage.Pong("req_5")),
            Map.entry("server-presence-joined", new PresenceDone("req_0d9s8f7g6", TASKS, PresenceDone.Done.JOINED)),
            Map.entry("server-presence-left", new PresenceDone("req_6", TASKS, PresenceDone.Done.LEFT)),
            Map.entry("server-presence-sync", new ServerMessage.PresenceSync(TASKS, BOTH)),
            Map.entry(
                    "server-presence-sync-count",
                    new ServerMessage.PresenceSync(TASKS, new PresenceState(List.of(), 5_000))),
            Map.entry("server-lost", new ServerMessage.Lost("entity:Task", 3, new Position("k3f9", 40), AT, "overrun")),
            Map.entry(
                    "server-error",
                    new ServerMessage.Failed(
                            "req_8", "entity:Secret", ErrorCode.FORBIDDEN, "the token does not grant subscribe")));

    private static final Map<String, Publication> PUBLICATIONS = Map.ofEntries(
            Map.entry("server-entity-created", own("entity:Task", "entity:created", RECORD)),
            Map.entry("server-entity-updated", own("entity:Task:550e8400", "entity:updated", RECORD)),
            Map.entry("server-entity-deleted", own("entity:Task", "entity:deleted", "{\"id\":\"550e8400\"}")),
            Map.entry(
                    "server-event-ingested",
                    event(
                            "private-prod-segment-events",
                            "segment-event",
                            "{\"event_name\":\"Order Completed\",\"message_id\":\"ajs-next-1\",\"user\":\"p_7k2\",\"properties\":{\"value\":12}}")),
            Map.entry("server-event-record", event("entity:Task:7", "renamed", "{\"id\":7,\"title\":\"New\"}")),
            Map.entry("server-event-other", event("board", "moved", "{\"x\":1}")),
            Map.entry("server-event-plain", event("board", "moved", "[1,2]")),
            Map.entry("server-presence-join", presence("presence:join", BOB.toJson())),
            Map.entry("server-presence-update", presence("presence:update", ALICE.toJson())),
            Map.entry(
                    "server-presence-leave",
                    presence("presence:leave", BOB.gone().toJson())),
            Map.entry("server-presence-sync-live", presence("presence:sync", BOTH.toJson())));

    @TestFactory
    Stream<DynamicTest> clientFrame_isReadAsItsMessage() {
        return CLIENT.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    byte[] frame = JSON.writeValueAsBytes(frame(entry.getKey()));
                    assertEquals(entry.getValue(), CODEC.decode(Unpooled.wrappedBuffer(frame)));
                }));
    }

    @TestFactory
    Stream<DynamicTest> gatewaysFrame_isWrittenAsItIs() {
        var frames = new TreeMap<String, byte[]>();
        SERVER.forEach((name, message) -> frames.put(name, CODEC.encode(message, NOW)));
        PUBLICATIONS.forEach((name, publication) -> frames.put(name, CODEC.encode(publication)));
        return frames.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(), () -> assertEquals(frame(entry.getKey()), JSON.readTree(entry.getValue()))));
    }

    @Test
    void requestId_isOnSubscribedAlone() throws IOException {
        List<ServerMessage> answers = List.of(
                new ServerMessage.Authenticated("r", "u", NOW, List.of()),
                new ServerMessage.Published("r", "a", AT),
                new ServerMessage.History("r", "a", List.of(), AT, true),
                new ServerMessage.SubscribedMany("r", List.of()),
                new PresenceDone("r", TASKS, PresenceDone.Done.SEEN),
                new PresenceDone("r", TASKS, PresenceDone.Done.UPDATED),
                new ServerMessage.PresenceMembers("r", TASKS, new PresencePage(List.of(), null, 0)));
        for (ServerMessage answer : answers) {
            JsonNode frame = JSON.readTree(CODEC.encode(answer, NOW));
            assertFalse(frame.has("requestId"), frame::toString);
            assertFalse(frame.has("version"), frame::toString);
            assertTrue(frame.has("type"), frame::toString);
        }
    }

    @Test
    void record_withoutAnId_isGivenOne_whateverItsShape() throws IOException {
        assertEquals("{\"id\":\"k3f9-42\"}", dataOf("{}"));
        assertEquals("{\"id\":\"k3f9-42\"}", dataOf("{ \n }"));
        assertEquals("{\"id\":\"k3f9-42\",\"a\":1}", dataOf("{ \"a\":1}"));
        assertEquals("\"text\"", dataOf("\"text\""));
        assertEquals("{\"id\":{\"x\":1}}", dataOf("{\"id\":{\"x\":1}}"));
        JsonNode entity = JSON.readTree(CODEC.encode(own("entity:Task", "entity:created", "{\"title\":\"New\"}")));
        assertEquals("550e8400", entity.at("/payload/data/id").asText());
    }

    @Test
    void whatIsPublished_isTold_whateverTheBoundsOfItsDoor() throws IOException {
        String odd = "{\"" + "n".repeat(300) + "\":1,\"twice\":1,\"twice\":2,\"deep\":" + "[".repeat(200)
                + "]".repeat(200) + ",\"long\":" + "9".repeat(200) + "}";
        Publication event = event("private-prod-segment-events", "segment-event", odd);
        assertEquals(
                "k3f9-42", JSON.readTree(CODEC.encode(event)).at("/payload/id").asText());
    }

    @Test
    void anEventThatIsNamedLikeAnEntity_isNoneOfItsRecords() throws IOException {
        JsonNode frame =
                JSON.readTree(CODEC.encode(event("room", "segment-event", "{\"event_name\":\"Task\",\"id\":\"42\"}")));
        assertEquals("entity:segment-event:Task", frame.path("channel").asText());
    }

    private static String dataOf(String data) throws IOException {
        return JSON.readTree(CODEC.encode(event("board", "moved", data)))
                .at("/payload/data")
                .toString();
    }

    @Test
    void everyGoldenFile_isHeldByATest() throws IOException {
        try (Stream<Path> files = Files.list(WIRE)) {
            var names = new TreeSet<String>();
            files.forEach(file -> names.add(file.getFileName().toString().replace(".json", "")));
            var held = new TreeSet<>(CLIENT.keySet());
            held.addAll(SERVER.keySet());
            held.addAll(PUBLICATIONS.keySet());
            assertEquals(held, names);
        }
    }

    @Test
    void envelope_hasTheFieldsOfDazzlesAndNoOther() throws IOException {
        Set<String> fields = Set.of("type", "timestamp", "channel", "payload", "requestId");
        try (Stream<Path> files = Files.list(WIRE)) {
            for (Path file : files.toList()) {
                JsonNode frame = JSON.readTree(file.toFile()).get("frame");
                frame.fieldNames().forEachRemaining(name -> assertTrue(fields.contains(name), file + " has " + name));
            }
        }
    }

    private static Publication event(String channel, String name, String data) {
        return new Publication(new Draft(new ChannelId("acme", channel), name, RawJson.of(data), null, 0, 0), AT, NOW);
    }

    private static Publication presence(String type, RawJson payload) {
        return publication(TASKS, type, payload, null);
    }

    private static Publication own(String channel, String type, String payload) {
        return publication(
                channel,
                type,
                RawJson.of(payload),
                RawJson.of("{\"entity\":\"Task\",\"id\":\"550e8400\",\"version\":1,\"userId\":\"u_42\"}"));
    }

    private static Publication publication(String channel, String type, RawJson payload, @Nullable RawJson meta) {
        var draft = new Draft(new ChannelId("acme", channel), type, payload, null, 0, 0, null, new OwnType(meta));
        return new Publication(draft, AT, NOW);
    }

    private static JsonNode frame(String name) {
        try {
            JsonNode golden = JSON.readTree(WIRE.resolve(name + ".json").toFile());
            assertNotNull(golden.get("description"), name);
            return golden.get("frame");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

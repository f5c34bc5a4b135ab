package dev.heliograph.protocol.pusher;

import static dev.heliograph.protocol.pusher.Golden.raw;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.Sender;
import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import dev.heliograph.protocol.pusher.PusherClientMessage.Signin;
import dev.heliograph.protocol.pusher.PusherClientMessage.Subscribe;
import dev.heliograph.protocol.pusher.PusherClientMessage.Unsubscribe;
import dev.heliograph.protocol.pusher.PusherServerMessage.CacheMiss;
import dev.heliograph.protocol.pusher.PusherServerMessage.ConnectionEstablished;
import dev.heliograph.protocol.pusher.PusherServerMessage.Failed;
import dev.heliograph.protocol.pusher.PusherServerMessage.MemberAdded;
import dev.heliograph.protocol.pusher.PusherServerMessage.MemberRemoved;
import dev.heliograph.protocol.pusher.PusherServerMessage.PresenceSucceeded;
import dev.heliograph.protocol.pusher.PusherServerMessage.SigninSuccess;
import dev.heliograph.protocol.pusher.PusherServerMessage.SubscriptionCount;
import dev.heliograph.protocol.pusher.PusherServerMessage.SubscriptionError;
import dev.heliograph.protocol.pusher.PusherServerMessage.SubscriptionSucceeded;
import dev.heliograph.protocol.pusher.PusherServerMessage.WatchlistEvent;
import dev.heliograph.protocol.pusher.PusherServerMessage.WatchlistEvents;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The golden frames are exactly what is written, byte for byte, and what is read. */
final class GoldenFramesTest {
    private static final PusherCodec CODEC = new PusherCodec(PusherLimits.HOSTED);
    private static final PusherChannel PRESENCE = new PusherChannel("presence-x");
    private static final PusherChannel REVERB = new PusherChannel("presence-test-channel");
    private static final PusherChannel PUBLIC = new PusherChannel("my-channel");
    private static final PusherChannel CHAT = new PusherChannel("private-chat");
    private static final UserId ONE = UserId.of("1");
    private static final UserId TEN = new UserId("10", true);

    private static final Map<String, PusherServerMessage> SERVER = Map.ofEntries(
            Map.entry("server-connection-established", new ConnectionEstablished(SocketId.of(123, 456), 120)),
            Map.entry("server-ping", new PusherServerMessage.Ping()),
            Map.entry("server-pong", new PusherServerMessage.Pong()),
            Map.entry("server-error", new Failed(null, "Existing subscription to channel presence-channel")),
            Map.entry(
                    "server-error-signature",
                    new Failed(
                            null,
                            "Invalid signature: Expected HMAC SHA256 hex digest of"
                                    + " 200557.5043858:presence-channel:{\"user_id\":\"200557.5043858\"}, but got"
                                    + " 8372e1649cf5a45a2de3cd97fe11d85de80b214243e3a9e9f5cee502fa03f880")),
            Map.entry("server-error-code", PusherCode.WATCHLIST_TOO_LONG.toMessage()),
            Map.entry("server-subscription-succeeded", new SubscriptionSucceeded(PUBLIC)),
            Map.entry(
                    "server-subscription-succeeded-presence",
                    new PresenceSucceeded(PRESENCE, List.of(new PresenceMember(ONE, RawJson.EMPTY_OBJECT)))),
            Map.entry(
                    "server-subscription-succeeded-presence-numbers",
                    new PresenceSucceeded(
                            PRESENCE,
                            List.of(
                                    new PresenceMember(TEN, RawJson.of("{\"name\":\"Mr. \\\"Channels\\\"\"}")),
                                    new PresenceMember(UserId.of("a"), RawJson.EMPTY_OBJECT)))),
            Map.entry(
                    "server-subscription-error",
                    new SubscriptionError(
                            "private-x", "AuthError", "Auth info required to subscribe to private-x", 401)),
            Map.entry("server-member-added", new MemberAdded(PRESENCE, new PresenceMember(ONE, raw("{'name':'Ann'}")))),
            Map.entry(
                    "server-member-added-number",
                    new MemberAdded(REVERB, new PresenceMember(new UserId("2", true), raw("{'name':'Test User 2'}")))),
            Map.entry("server-member-removed", new MemberRemoved(PRESENCE, ONE)),
            Map.entry("server-member-removed-number", new MemberRemoved(REVERB, new UserId("3", true))),
            Map.entry("server-subscription-count", new SubscriptionCount(PUBLIC, 7)),
            Map.entry("server-cache-miss", new CacheMiss(new PusherChannel("cache-x"))),
            Map.entry("server-signin-success", new SigninSuccess("{\"id\":\"7\",\"user_info\":{}}")),
            Map.entry(
                    "server-watchlist-events",
                    new WatchlistEvents(List.of(
                            new WatchlistEvent(true, List.of("7", "8")), new WatchlistEvent(false, List.of("9"))))));

    private static final Map<String, byte[]> EVENTS = Map.ofEntries(
            Map.entry(
                    "event-of-api",
                    CODEC.encode(publication(
                            "my-channel",
                            "App\\Events\\OrderShipped",
                            RawJson.of("\"{\\\"hello\\\":\\\"world\\\",\\\"foo\\\":{\\\"bar\\\":1000}}\"")))),
            Map.entry(
                    "event-of-native",
                    CODEC.encode(publication("board", "moved", RawJson.of("{\"label\":\"é\\\"\\n\",\"x\":1}")))),
            Map.entry("event-of-client", CODEC.encode(byClient(CHAT, raw("{'some':'data'}"), null))),
            Map.entry(
                    "event-of-client-string",
                    CODEC.encode(byClient(CHAT, RawJson.of("\"{\\\"some\\\":\\\"data\\\"}\""), null))),
            Map.entry(
                    "event-of-client-presence",
                    CODEC.encode(byClient(new PusherChannel("presence-chat"), raw("{'some':'data'}"), TEN.text()))),
            Map.entry(
                    "event-to-user",
                    CODEC.encode(publication("#server-to-user-7", "my-event", raw("{'hello':'world'}")))));

    private static final Map<String, PusherClientMessage> CLIENT = Map.ofEntries(
            Map.entry("client-subscribe-public-js", new Subscribe(PUBLIC, null, null)),
            Map.entry("client-subscribe-public-java", new Subscribe(PUBLIC, null, null)),
            Map.entry(
                    "client-subscribe-private",
                    new Subscribe(
                            new PusherChannel("private-foobar"),
                            "278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4",
                            null)),
            Map.entry(
                    "client-subscribe-presence",
                    new Subscribe(PRESENCE, "KEY:HEX", "{\"user_id\":\"1\",\"user_info\":{}}")),
            Map.entry("client-subscribe-string", new Subscribe(PRESENCE, "KEY:HEX", "{\"user_id\": 1}")),
            Map.entry("client-subscribe-user", new Subscribe(new PusherChannel("#server-to-user-7"), null, null)),
            Map.entry("client-unsubscribe", new Unsubscribe(PRESENCE)),
            Map.entry("client-signin", new Signin("KEY:HEX", "{\"id\":\"7\",\"user_info\":{},\"watchlist\":[\"8\"]}")),
            Map.entry("client-ping-js", new PusherClientMessage.Ping()),
            Map.entry("client-ping-java", new PusherClientMessage.Ping()),
            Map.entry("client-pong", new PusherClientMessage.Pong()),
            Map.entry("client-event-js", new ClientEvent(CHAT, "client-typing", raw("{'some':'data'}"))),
            Map.entry(
                    "client-event-java",
                    new ClientEvent(CHAT, "client-typing", RawJson.of("\"{\\\"some\\\":\\\"data\\\"}\""))));

    @TestFactory
    Stream<DynamicTest> serverMessage_isWrittenAsItsFrame() {
        return SERVER.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> assertEquals(
                                Golden.text(Golden.bytes(entry.getKey())),
                                Golden.text(CODEC.encode(entry.getValue())))));
    }

    @TestFactory
    Stream<DynamicTest> event_isWrittenAsItsFrame() {
        return EVENTS.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> assertEquals(Golden.text(Golden.bytes(entry.getKey())), Golden.text(entry.getValue()))));
    }

    @TestFactory
    Stream<DynamicTest> clientFrame_isReadAsItsMessage() {
        return CLIENT.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> assertEquals(
                                entry.getValue(), CODEC.decode(Unpooled.wrappedBuffer(Golden.bytes(entry.getKey()))))));
    }

    @Test
    void everyGoldenFrame_isHeldByATest() throws IOException {
        var held = new TreeMap<String, Object>(SERVER);
        held.putAll(EVENTS);
        held.putAll(CLIENT);
        var names = new TreeSet<String>();
        try (Stream<Path> files = Files.list(Golden.FILES)) {
            files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .filter(name -> name.matches("(server|client|event)-.*"))
                    .forEach(names::add);
        }
        assertEquals(held.keySet(), names);
    }

    @Test
    void subscriptionError_hasTheFormOfHostedPusherToo() {
        var error = new SubscriptionError(
                "presence-channel", "AuthError", "Existing subscription to channel presence-channel", 401);
        assertEquals(Golden.text(Golden.bytes("server-error")), Golden.text(CODEC.encode(error.hosted())));
    }

    @Test
    void whatNoticeChannelsBring_isTheMessageItself() {
        var channel = new ChannelId("acme", "presence-chat");
        for (ChannelId notices : List.of(
                NoticeChannel.members(channel), NoticeChannel.count(channel), NoticeChannel.watchers("acme", "7"))) {
            assertTrue(notices.isReserved());
            for (PusherServerMessage message : SERVER.values()) {
                var draft = new Draft(notices, "notice", NoticeChannel.notice(message), null, 0, 0);
                assertArrayEquals(
                        CODEC.encode(message), CODEC.encode(new Publication(draft, new Position("k3f9", 1), 0)));
            }
        }
    }

    private static Publication byClient(PusherChannel channel, RawJson data, @Nullable String user) {
        var sender = new Sender(1, true, user);
        var draft = new Draft(new ChannelId("acme", channel.name()), "client-typing", data, null, 0, 0, sender);
        return new Publication(draft, new Position("k3f9", 42), 1701234567890L);
    }

    private static Publication publication(String channel, String name, RawJson data) {
        var draft = new Draft(new ChannelId("acme", channel), name, data, null, 0, 0);
        return new Publication(draft, new Position("k3f9", 42), 1701234567890L);
    }
}

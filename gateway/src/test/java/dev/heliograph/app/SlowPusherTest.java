package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client of Pusher's protocol cannot be told that it has lost something: before it loses anything it is closed with 4100. */
@ExtendWith(NoLeaks.class)
@Tag("slow")
final class SlowPusherTest {
    private static final int DATA_BYTES = 10_000;
    private static final int EVENTS_MAX = 20_000;

    private static WsClient narrow(TestGateway gateway) throws IOException {
        WsClient client = WsClient.openNarrow(gateway, "/app/shop-key?protocol=7");
        assertEquals(
                "pusher:connection_established", client.read().path("event").asText());
        client.send("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"flood\"}}");
        assertEquals(
                "pusher_internal:subscription_succeeded",
                client.read().path("event").asText());
        return client;
    }

    private static void flood(TestGateway gateway, TestGateway.Condition enough) throws IOException {
        String body = "{\"name\":\"e\",\"channel\":\"flood\",\"data\":\"" + "x".repeat(DATA_BYTES) + "\"}";
        for (int i = 0; i < EVENTS_MAX && !enough.holds(); i++) {
            assertEquals(200, TestApp.SHOP.post(gateway, "/events", body).status());
        }
        assertTrue(enough.holds(), "the kernel took it all");
    }

    @Test
    void clientThatReadsTooSlowly_isClosedWith4100_andWhatCameBeforeIsWhole_whileOthersMissNothing() throws Exception {
        try (TestGateway gateway = TestApp.start("", "limits: {outboxBytesMax: 64KiB, stallTimeoutMs: 1h}");
                WsClient slow = narrow(gateway);
                PusherClient healthy = PusherClient.connect(gateway, TestApp.SHOP)) {
            healthy.subscribe("watch");
            flood(gateway, () -> gateway.metric("heliograph_deliveries_dropped_total") > 0);
            WsClient.End end = slow.readToClose();
            assertEquals(4100, end.code(), end::reason);
            assertTrue(end.texts().stream()
                    .allMatch(text -> text.path("event").asText().equals("e")));
            TestGateway.until(
                    "its session has ended",
                    () -> gateway.metric("heliograph_connections_closed_total{reason=\"slow_consumer\"}") == 1);
            TestApp.SHOP.post(gateway, "/events", "{\"name\":\"e\",\"channel\":\"watch\",\"data\":\"1\"}");
            healthy.expect("e", "watch");
            assertEquals(
                    "{\"occupied\":false}",
                    TestApp.SHOP.get(gateway, "/channels/flood", Map.of()).body());
            assertEquals(1, gateway.statez().at("/apps/acme/connections").asInt());
        }
    }

    @Test
    void clientThatStalls_isClosedWith4100() throws Exception {
        try (TestGateway gateway = TestApp.start("", "limits: {stallTimeoutMs: 100}");
                WsClient slow = narrow(gateway)) {
            flood(gateway, () -> gateway.metric("heliograph_connections_closed_total{reason=\"slow_consumer\"}") == 1);
            assertEquals(4100, slow.readToClose().code());
        }
    }

    @Test
    void clientThatIsSilent_isPingedAsRfc6455HasIt_andClosedWith4201() throws Exception {
        try (TestGateway gateway = TestApp.start("", "limits: {pingIntervalMs: 1500}");
                WsClient silent = narrow(gateway)) {
            WsClient.Frame ping = silent.readFrame();
            assertEquals(WsClient.PING, ping.opcode());
            WsClient.Frame last = ping;
            while (last.opcode() == WsClient.PING) {
                last = silent.readFrame();
            }
            assertEquals(WsClient.CLOSE, last.opcode());
            assertEquals(4201, (last.payload()[0] & 0xff) << 8 | (last.payload()[1] & 0xff));
        }
    }

    @Test
    void connectionThatDoesNotShowWhatItMay_isClosedWith4009_ifTheAppWantsThat() throws Exception {
        try (TestGateway gateway = TestApp.start("authorizedConnections: true", "limits: {authTimeoutMs: 500}");
                PusherClient nobody = PusherClient.connect(gateway, TestApp.SHOP);
                PusherClient legacy = PusherClient.connect(gateway, TestApp.SHOP, 5);
                PusherClient signedIn = PusherClient.connect(gateway, TestApp.SHOP);
                PusherClient subscribed = PusherClient.connect(gateway, TestApp.SHOP)) {
            nobody.subscribe("public");
            signedIn.signIn("{\"id\":\"u\"}").expect("pusher:signin_success", null);
            subscribed.subscribe("private-a");
            assertEquals(4009, nobody.socket.readToClose().code());
            WsClient.End told = legacy.socket.readToClose();
            assertEquals(4009, told.code());
            assertEquals(4009, told.texts().getFirst().at("/data/code").asInt());
            signedIn.expectNothing();
            subscribed.expectNothing();
        }
    }

    @Test
    void restart_closesWith1012() throws Exception {
        TestGateway gateway = TestApp.start("", "");
        try (PusherClient client = PusherClient.connect(gateway, TestApp.SHOP)) {
            client.join("presence-room", "{\"user_id\":\"u\"}");
            Thread closing = Thread.ofVirtual().start(gateway::close);
            assertEquals(1012, client.socket.readToClose().code());
            client.socket.endSending();
            closing.join();
        }
    }
}

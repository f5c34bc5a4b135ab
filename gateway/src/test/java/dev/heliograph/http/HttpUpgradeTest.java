package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.ServerConfig.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HttpUpgradeTest {
    private static final String UPGRADE =
            "GET /ws?token=t HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    private static final byte[] FRAME = {(byte) 0x81, (byte) 0x82, 1, 2, 3, 4, 'h' ^ 1, 'i' ^ 2};

    private final LeakWatch watch = new LeakWatch();
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(LimitsConfig.DEFAULT);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertEquals(List.of(), watch.leaks());
        watch.close();
    }

    private void acceptAtOnce(TestServer on) {
        on.router.upgrade(
                "/ws",
                upgrade -> upgrade.accept(
                        Map.of("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), EchoWire::start));
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void bytesInTheSegmentOfTheUpgrade_reachTheNewOwner(Transport transport) throws Exception {
        try (var other = new TestServer(LimitsConfig.DEFAULT, transport, new BodyWorkers(1))) {
            acceptAtOnce(other);
            try (var client = other.connect()) {
                byte[] head = UPGRADE.getBytes(StandardCharsets.US_ASCII);
                byte[] segment = Arrays.copyOf(head, head.length + FRAME.length);
                System.arraycopy(FRAME, 0, segment, head.length, FRAME.length);
                client.send(segment);
                assertSwitched(client.read());
                assertArrayEquals(FRAME, client.readBytes(FRAME.length));
                assertArrayEquals(FRAME, client.send(FRAME).readBytes(FRAME.length));
            }
        }
    }

    private static void assertSwitched(RawClient.Answer answer) {
        assertEquals(101, answer.status());
        assertEquals("websocket", answer.header("Upgrade"));
        assertEquals("Upgrade", answer.header("Connection"));
        assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer.header("Sec-WebSocket-Accept"));
        assertEquals("", answer.header("Content-Length"));
    }

    @Test
    void acceptedLaterByAnotherThread_nothingIsLostThatCameMeanwhile() throws Exception {
        var waiting = new LinkedBlockingQueue<Upgrade>();
        server.router.upgrade("/ws", waiting::add);
        try (var client = server.connect()) {
            client.send(UPGRADE);
            Upgrade upgrade = waiting.take();
            assertEquals("t", upgrade.request().parameter("token"));
            assertNull(upgrade.request().header("origin"));
            client.send(FRAME).send(FRAME);
            Thread.ofVirtual()
                    .start(() -> upgrade.accept(
                            Map.of("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), EchoWire::start));
            assertSwitched(client.read());
            assertArrayEquals(FRAME, client.readBytes(FRAME.length));
            assertArrayEquals(FRAME, client.readBytes(FRAME.length));
        }
    }

    @Test
    void upgradeBehindAnotherRequest_isHandedOverAfterItsAnswer() throws Exception {
        acceptAtOnce(server);
        try (var client = server.connect()) {
            client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" + UPGRADE).send(FRAME);
            assertEquals("hello", client.read().text());
            assertSwitched(client.read());
            assertArrayEquals(FRAME, client.readBytes(FRAME.length));
        }
    }

    @Test
    void refused_isAnsweredAndClosed() throws Exception {
        server.router.upgrade("/ws", upgrade -> upgrade.refuse(Response.text(401, "no")));
        try (var client = server.connect()) {
            RawClient.Answer answer = client.send(UPGRADE).send(FRAME).read();
            assertEquals(401, answer.status());
            assertEquals("close", answer.header("Connection"));
            assertTrue(client.isEnded());
        }
    }

    @Test
    void decidedTwice_isAnError() throws Exception {
        var second = new LinkedBlockingQueue<IllegalStateException>();
        server.router.upgrade("/ws", upgrade -> {
            upgrade.refuse(Response.text(401, "no"));
            second.add(assertThrows(IllegalStateException.class, () -> upgrade.refuse(Response.text(403, "no"))));
        });
        try (var client = server.connect()) {
            assertEquals(401, client.send(UPGRADE).read().status());
            assertEquals("this upgrade is decided already", second.take().getMessage());
        }
    }

    @Test
    void handlerThatThrows_isAnsweredWith500() throws Exception {
        server.router.upgrade("/ws", upgrade -> {
            throw new IllegalStateException("secret detail");
        });
        try (var client = server.connect()) {
            assertEquals(500, client.send(UPGRADE).read().status());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void acceptedWithABrokenHeader_closesTheConnection() throws Exception {
        server.router.upgrade("/ws", upgrade -> upgrade.accept(Map.of("X", "a\r\nb"), EchoWire::start));
        try (var client = server.connect()) {
            assertTrue(client.send(UPGRADE).isEnded());
        }
    }

    @Test
    void clientThatLeft_beforeItWasAccepted_isNotHandedOver() throws Exception {
        var waiting = new LinkedBlockingQueue<Upgrade>();
        server.router.upgrade("/ws", waiting::add);
        try (var client = server.connect()) {
            client.send(UPGRADE);
            Upgrade upgrade = waiting.take();
            client.reset();
            upgrade.accept(Map.of(), EchoWire::start);
            TestServer.until(() -> server.http.connectionsOpen() == 0);
        }
    }

    @Test
    void upgradedConnection_endsWithTheClientsEnd_andOutlivesTheServersClose() throws Exception {
        acceptAtOnce(server);
        try (var client = server.connect()) {
            assertSwitched(client.send(UPGRADE).read());
            server.http.close(60_000).get(10, TimeUnit.SECONDS);
            assertEquals(1, server.http.connectionsOpen());
            assertArrayEquals(FRAME, client.send(FRAME).readBytes(FRAME.length));
            client.endSending();
            assertTrue(client.isEnded());
            TestServer.until(() -> server.http.connectionsOpen() == 0);
        }
    }

    @Test
    void prefix_takesEveryPathBelow() throws Exception {
        server.router.upgradeBelow(
                "/app/",
                upgrade -> upgrade.refuse(Response.text(403, upgrade.request().path())));
        try (var client = server.connect()) {
            assertEquals(
                    "/app/key1",
                    client.send(UPGRADE.replace("/ws", "/app/key1")).read().text());
        }
    }
}

package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.ServerConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.HttpRefusal;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.StatusClass;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Short times for what is tested and endless ones for the rest: whichever comes first tells which timer it was. */
final class HttpTimersTest {
    private static final long SHORT_MS = 150;
    private static final long ENDLESS_MS = 3_600_000;
    private static final String HELLO = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    @Test
    void connectionThatSendsNothing_isClosedWithoutAnAnswer() throws Exception {
        try (var server = new TestServer(TestServer.times(SHORT_MS, ENDLESS_MS, ENDLESS_MS));
                var client = server.connect()) {
            assertTrue(client.isEnded());
        }
    }

    @Test
    void headThatDrips_isEndedByTheTimeOfTheWholeHead() throws Exception {
        try (var server = new TestServer(TestServer.times(SHORT_MS, ENDLESS_MS, ENDLESS_MS));
                var client = server.connect()) {
            var dripping =
                    Thread.ofVirtual().start(() -> drip(client, "GET /hello HTTP/1.1\r\nX: " + "x".repeat(2_000)));
            assertEquals(List.of(408), statuses(client));
            dripping.interrupt();
            dripping.join();
            assertEquals(1, server.metrics.value(Count.HTTP_REFUSED, HttpRefusal.TIMEOUT));
        }
    }

    @Test
    void secondHeadThatStops_isEnded_thoughTheFirstWasAnswered() throws Exception {
        try (var server = new TestServer(TestServer.times(SHORT_MS, ENDLESS_MS, ENDLESS_MS));
                var client = server.connect()) {
            assertEquals("hello", client.send(HELLO).read().text());
            client.send("GET /hello HT");
            assertEquals(List.of(408), statuses(client));
        }
    }

    @Test
    void bodyThatDrips_isEndedByTheTimeOfTheWholeBody() throws Exception {
        try (var server = new TestServer(TestServer.times(ENDLESS_MS, SHORT_MS, ENDLESS_MS));
                var client = server.connect()) {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n");
            var dripping = Thread.ofVirtual().start(() -> drip(client, "x".repeat(899)));
            assertEquals(List.of(408), statuses(client));
            dripping.interrupt();
            dripping.join();
            assertEquals(0, server.http.bodyBytesHeld());
        }
    }

    @Test
    void restingConnection_isClosed_butNotOneThatWorks() throws Exception {
        try (var server = new TestServer(TestServer.times(ENDLESS_MS, ENDLESS_MS, SHORT_MS));
                var client = server.connect()) {
            server.router.add(Route.get(
                    "/slow",
                    (request, respond) -> Thread.ofVirtual().start(() -> {
                        sleep(3 * SHORT_MS);
                        respond.accept(Response.text(200, "slow"));
                    })));
            assertEquals(
                    "slow",
                    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").read().text());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void handlerThatDoesNotAnswer_isAnsweredFor_andItsLateAnswerIsDropped() throws Exception {
        var late = new LinkedBlockingQueue<Consumer<Response>>();
        var upgrades = new LinkedBlockingQueue<Upgrade>();
        var router = new Router();
        router.add(Route.get("/never", (request, respond) -> late.add(respond)));
        router.upgrade("/ws", upgrades::add);
        var metrics = new Metrics(new SimpleMeterRegistry());
        var bounds =
                new Served.Bounds(TestServer.times(ENDLESS_MS, ENDLESS_MS, ENDLESS_MS), new BodyRoom(1_000), SHORT_MS);
        var loops = EventLoops.create(ServerConfig.Transport.AUTO, 1, "test-late");
        var http = HttpServer.start(
                new Listener("late", "127.0.0.1", 0),
                new Served("late", router, bounds, new BodyWorkers(1), metrics),
                loops);
        try (var client = new RawClient(http.address());
                var upgrading = new RawClient(http.address())) {
            assertEquals(
                    500,
                    client.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n").read().status());
            late.take().accept(Response.text(200, "late"));
            assertTrue(client.isEnded());
            upgrading.send("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
            assertTrue(upgrading.isEnded());
            upgrades.take().refuse(Response.text(403, "late"));
        } finally {
            http.close(1_000).join();
            loops.close();
        }
    }

    @Test
    void clientThatDoesNotRead_isClosed() throws Exception {
        byte[] large = new byte[1 << 20];
        try (var server = new TestServer(TestServer.times(ENDLESS_MS, SHORT_MS, ENDLESS_MS));
                var client = server.connect()) {
            server.router.add(
                    Route.get("/large", (request, respond) -> respond.accept(new Response(200, Map.of(), large))));
            client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50));
            TestServer.until(
                    () -> server.metrics.value(Count.HTTP_CONNECTIONS) == 1 && server.http.connectionsOpen() == 0);
            assertTrue(server.metrics.value(Count.HTTP_ANSWERS, StatusClass.SUCCESS) < 50);
        }
    }

    private static List<Integer> statuses(RawClient client) throws IOException {
        return client.readToEnd().stream().map(RawClient.Answer::status).toList();
    }

    private static void drip(RawClient client, String text) {
        for (int i = 0; i < text.length(); i++) {
            client.sendUnlessClosed(text.charAt(i));
            if (!sleep(5)) {
                return;
            }
        }
    }

    private static boolean sleep(long ms) {
        try {
            Thread.sleep(ms);
            return true;
        } catch (InterruptedException enough) {
            return false;
        }
    }
}

package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.TestGateway.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a gateway sends its clients elsewhere before it stops. */
@ExtendWith(NoLeaks.class)
@Tag("slow")
final class DrainTest {
    private static final String APP = """
            server: {port: 0, eventLoops: 2, node: test, drain: {graceMs: 0, durationMs: 5s, deadlineMs: 20s}}
            admin: {port: 0, token: %s}
            page: {enabled: false}
            workspaces:
              acme:
                keys: [{kid: acme-1, algorithm: HS256, secret: %s}]
                pusher: {appId: "1", keys: [{key: shop-key, secret: shop-secret}]}
            """.formatted(TestGateway.ADMIN_TOKEN, TestToken.ACME_SECRET);

    private static TestGateway start(String graceMs, String durationMs, String deadlineMs) throws IOException {
        return TestGateway.start(
                ", drain: {graceMs: %s, durationMs: %s, deadlineMs: %s}".formatted(graceMs, durationMs, deadlineMs),
                "");
    }

    /** How one client was sent away. */
    private record Farewell(long toldMs, long closedNanos, int code) {}

    /** Stays until it is closed, whatever it is told. */
    private static Farewell stay(WsClient client) throws IOException {
        long toldMs = client.expect("drain").at("/payload/reconnectInMs").asLong(-1);
        WsClient.End end = client.readToClose();
        return new Farewell(toldMs, System.nanoTime(), end.code());
    }

    @Test
    void everyNativeClient_isToldItsOwnDelay_andThoseThatStayAreClosedInThatOrder() throws Exception {
        int count = 60;
        try (TestGateway gateway = start("0", "5s", "20s");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var clients = new ArrayList<WsClient>();
            var farewells = new ArrayList<Future<Farewell>>();
            for (int i = 0; i < count; i++) {
                WsClient client = gateway.connect(TestToken.acme());
                clients.add(client);
                farewells.add(threads.submit(() -> stay(client)));
            }
            drain(gateway);
            var all = new ArrayList<Farewell>();
            for (Future<Farewell> farewell : farewells) {
                all.add(farewell.get(20, TimeUnit.SECONDS));
            }
            gateway.drained().get(20, TimeUnit.SECONDS);
            all.sort(Comparator.comparingLong(Farewell::toldMs));
            long pacedMs = count * 10L;
            assertTrue(all.getFirst().toldMs() >= 0 && all.getLast().toldMs() < pacedMs, all::toString);
            assertTrue(all.getLast().toldMs() > pacedMs / 2, "they are spread over the time there is: " + all);
            var delays = new HashSet<Long>();
            all.forEach(each -> delays.add(each.toldMs()));
            assertTrue(delays.size() > count / 3, delays::toString);
            assertTrue(all.getFirst().closedNanos() < all.getLast().closedNanos(), all::toString);
            all.forEach(each -> assertEquals(1012, each.code()));
            gateway.untilClosed("drain", count);
            assertEquals(0, gateway.statez().at("/drain/closedByForce").asInt());
            for (WsClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void clientsThatGoWhenTheyAreTold_areNotWaitedFor() throws Exception {
        try (TestGateway gateway = start("0", "1h", "2h");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var going = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 20; i++) {
                WsClient client = gateway.connect(TestToken.acme());
                going.add(() -> {
                    Thread.sleep(
                            client.expect("drain").at("/payload/reconnectInMs").asLong());
                    client.close();
                    return true;
                });
            }
            List<Future<Boolean>> gone = going.stream().map(threads::submit).toList();
            drain(gateway);
            gateway.drained().get(20, TimeUnit.SECONDS);
            for (Future<Boolean> each : gone) {
                assertTrue(each.get(20, TimeUnit.SECONDS));
            }
            gateway.untilClosed("client", 20);
            assertEquals(0, gateway.metric("heliograph_connections_closed_total{reason=\"drain\"}"));
        }
    }

    @Test
    void clientsOfPushersProtocol_areClosedWith4200_inTurn_andWith1012WhenAllGoAtOnce() throws Exception {
        try (TestGateway gateway = TestGateway.ofYaml(APP)) {
            try (WsClient client = pusher(gateway)) {
                drain(gateway);
                WsClient.End end = client.readToClose();
                assertEquals(4200, end.code());
                assertEquals(List.of(), end.texts());
            }
            gateway.drained().get(20, TimeUnit.SECONDS);
        }
        String atOnce = APP.replace("durationMs: 5s", "durationMs: 0");
        TestGateway gateway = TestGateway.ofYaml(atOnce);
        try (WsClient client = pusher(gateway)) {
            drain(gateway);
            gateway.drained().get(20, TimeUnit.SECONDS);
            gateway.close();
            assertEquals(1012, client.readToClose().code());
        }
    }

    private static WsClient pusher(TestGateway gateway) throws IOException {
        WsClient client = WsClient.open(gateway, "/app/shop-key?protocol=7");
        assertEquals(
                "pusher:connection_established", client.read().path("event").asText());
        return client;
    }

    private static void drain(TestGateway gateway) throws IOException {
        Answer answer = gateway.operate("POST", "/admin/drain", "");
        assertEquals(202, answer.status(), answer::body);
    }

    @Test
    void grace_turnsReadinessOff_andTakesWhoeverComes() throws Exception {
        TestGateway gateway = start("1h", "1s", "2h");
        assertEquals(200, gateway.operate("GET", "/readyz", "").status());
        assertEquals(401, gateway.operateAs("nobody", "POST", "/admin/drain").status());
        drain(gateway);
        drain(gateway);
        Answer readiness = gateway.operate("GET", "/readyz", "");
        assertEquals(503, readiness.status());
        assertTrue(readiness.body().contains("draining"), readiness::body);
        assertEquals(200, gateway.operate("GET", "/healthz", "").status());
        assertEquals(1.0, gateway.metric("heliograph_draining"));
        JsonNode state = gateway.statez().path("drain");
        assertEquals("grace", state.path("phase").asText());
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.subscribe("a");
            assertFalse(gateway.drained().isDone());
            gateway.hurryDrain();
            gateway.drained().get(20, TimeUnit.SECONDS);
            gateway.close();
            assertEquals(1012, client.readToClose().code());
        }
    }

    @Test
    void afterTheGrace_upgradesAreRefused_andProducersAreAnsweredOncePerConnection() throws Exception {
        String event = "{\"type\":\"track\",\"event\":\"Late\",\"userId\":\"u\",\"writeKey\":\"acme-web-key\"}";
        String head = "POST /v1/track HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + event.length() + "\r\n\r\n";
        try (TestGateway gateway = start("0", "1h", "2h");
                WsClient stays = gateway.connect(TestToken.acme());
                WsClient producer = WsClient.bare(gateway)) {
            producer.sendBytes(head.getBytes(StandardCharsets.US_ASCII));
            drain(gateway);
            stays.expect("drain");
            try (WsClient late = WsClient.bare(gateway)) {
                late.sendBytes(WsClient.request("/ws").getBytes(StandardCharsets.US_ASCII));
                String refused = late.readRest();
                assertTrue(refused.startsWith("HTTP/1.1 503"), refused);
                assertTrue(refused.contains("Retry-After: 5\r\n"), refused);
                assertTrue(refused.toLowerCase(Locale.ROOT).contains("connection: close\r\n"), refused);
            }
            producer.sendBytes(event.getBytes(StandardCharsets.US_ASCII));
            String answer = producer.readRest();
            assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
            assertTrue(answer.toLowerCase(Locale.ROOT).contains("connection: close\r\n"), answer);
            assertEquals(200, gateway.post("/v1/track", event).status());
            assertEquals(1.0, gateway.metric("heliograph_http_refused_total{reason=\"draining\"}"));
        }
    }

    @Test
    void deadline_leavesWhoStaysToTheEnd_andCountsThem() throws Exception {
        TestGateway gateway = start("0", "100ms", "100ms");
        var clients = new ArrayList<WsClient>();
        for (int i = 0; i < 5; i++) {
            clients.add(gateway.connect(TestToken.acme()));
        }
        drain(gateway);
        gateway.drained().get(20, TimeUnit.SECONDS);
        assertEquals(5, gateway.statez().at("/drain/closedByForce").asInt());
        gateway.close();
        for (WsClient client : clients) {
            client.expect("drain");
            assertEquals(1012, client.readToClose().code());
            client.close();
        }
    }

    @Test
    void deadlineBeforeTheEndOfTheRest_isRefusedAtTheStart() {
        var wrong = assertThrows(AssertionError.class, () -> start("5s", "10s", "14s"));
        assertTrue(
                String.valueOf(wrong.getMessage()).contains("server.drain.deadlineMs"),
                () -> String.valueOf(wrong.getMessage()));
    }
}

package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The pitfall of others: clients of event streams that were refused, or whose stream ended, came back without any delay, hundreds of times a second. Here a client
 * is told, however its stream ends ({@link EventStreamTest} has the gateway that stops), after how long it is to come back, or it is answered a status upon which it does not; and one that polls is told, too.
 */
@ExtendWith(NoLeaks.class)
final class ReconnectLoopTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DRAIN = ", drain: {graceMs: 0, durationMs: 10ms, deadlineMs: 10s}";
    private static final String AS_BROWSERS_DO = "Accept: text/event-stream";
    private static final int EVENT_BYTES = 16 * 1024;

    private static String target() {
        return "/sse?channel=none-loop&token=" + TestToken.acme().expiringIn(60).text();
    }

    /** How streams end. */
    enum End {
        DRAIN,
        EXPIRY,
        REVOCATION,
        STALL;

        void bringAbout(TestGateway gateway) throws IOException {
            switch (this) {
                case DRAIN -> gateway.operate("POST", "/admin/drain", "");
                case EXPIRY -> gateway.advance(Duration.ofSeconds(61));
                case REVOCATION ->
                    gateway.operate("POST", "/admin/revocations", "{\"workspace\":\"acme\",\"user\":\"u1\"}");
                case STALL -> flood(gateway);
            }
        }

        private static void flood(TestGateway gateway) throws IOException {
            try (WsClient publisher = gateway.connect(TestToken.acme())) {
                while (gateway.metric("heliograph_connections_closed_total{reason=\"slow_consumer\"}") == 0) {
                    publisher.publish("none-loop", "\"" + "x".repeat(EVENT_BYTES) + "\"");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"DRAIN, 1012", "EXPIRY, 4401", "REVOCATION, 4403", "STALL, 4408"})
    void zeroDelayReconnect_clientWhoseStreamEnds_isToldWhenToComeBack(End end, int code) throws Exception {
        String limits = "limits: {outboxBytesMax: 128KiB, stallTimeoutMs: 100}";
        try (TestGateway gateway = TestGateway.start(DRAIN, limits);
                SseClient client = SseClient.openNarrow(gateway, target(), AS_BROWSERS_DO)) {
            client.begin();
            end.bringAbout(gateway);
            SseClient.Event event = client.read();
            while (!event.name().equals("close")) {
                event = client.read();
            }
            assertEquals(code, event.json().path("code").asInt());
            assertEquals(null, client.readOrEnd());
            assertTrue(client.retryMs() >= 1_000, "retry: " + client.retryMs());
        }
    }

    @Test
    void zeroDelayReconnect_clientThatIsRefusedBecauseOfLoad_comesBack_butLater() throws Exception {
        String limits = "limits: {outboxBytesMax: 64MiB, backlogBytesMax: 4MiB, stallTimeoutMs: 1h}";
        try (TestGateway gateway = TestGateway.start(limits);
                SseClient slow = SseClient.openNarrow(gateway, target());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            slow.begin();
            while (gateway.metric("heliograph_backlog_shared_bytes") < 3_500_000) {
                publisher.publish("none-loop", "\"" + "x".repeat(EVENT_BYTES) + "\"");
            }
            try (SseClient browser = SseClient.open(gateway, target(), AS_BROWSERS_DO, "Connection: close")) {
                assertEquals(1013, browser.expect("close").path("code").asInt());
                assertTrue(browser.retryMs() >= 1_000 && browser.retryMs() < 10_000, "retry: " + browser.retryMs());
                assertEquals(null, browser.readOrEnd());
            }
            String other = head(gateway, target());
            assertTrue(other.startsWith("HTTP/1.1 503 "), other);
            assertTrue(retryAfter(other) >= 1, other);
            String poll = head(gateway, target().replace("/sse", "/publications"), AS_BROWSERS_DO);
            assertTrue(poll.startsWith("HTTP/1.1 503 "), poll);
            assertTrue(retryAfter(poll) >= 1, poll);
            assertEquals(3, gateway.metric("heliograph_streaming_refused_total{reason=\"overload\"}"));
        }
    }

    @Test
    void zeroDelayReconnect_clientOfAnAddressThatHasTooMany_comesBack_butLater() throws Exception {
        try (TestGateway gateway = TestGateway.start("limits: {connectionsPerAddressMax: 1}")) {
            try (SseClient first = SseClient.open(gateway, target())) {
                first.begin();
                try (SseClient second = SseClient.open(gateway, target(), AS_BROWSERS_DO, "Connection: close")) {
                    assertEquals(1013, second.expect("close").path("code").asInt());
                    assertTrue(second.retryMs() >= 1_000, "retry: " + second.retryMs());
                }
                String other = head(gateway, target());
                assertTrue(other.startsWith("HTTP/1.1 429 "), other);
                assertTrue(retryAfter(other) >= 1, other);
            }
            gateway.untilEmpty();
            try (SseClient third = SseClient.open(gateway, target())) {
                third.begin();
            }
            String metric = "heliograph_streaming_refused_total{reason=\"connections_per_address\"}";
            assertEquals(2, gateway.metric(metric));
        }
    }

    @Test
    void waitingPoll_countsAsAConnectionOfItsAddress_untilItIsAnswered() throws Exception {
        String waits = target().replace("/sse", "/publications") + "&wait=30";
        try (TestGateway gateway = TestGateway.start("limits: {connectionsPerAddressMax: 1}");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = threads.submit(() -> head(gateway, waits));
            TestGateway.until("it waits", () -> gateway.metric("heliograph_client_addresses") == 1);
            String second = head(gateway, waits);
            assertTrue(second.startsWith("HTTP/1.1 429 "), second);
            assertTrue(retryAfter(second) >= 1, second);
            String stream = head(gateway, target());
            assertTrue(stream.startsWith("HTTP/1.1 429 "), stream);
            String quick = head(gateway, target().replace("/sse", "/publications"));
            assertTrue(quick.startsWith("HTTP/1.1 200 "), quick);
            publish(gateway);
            assertTrue(waiting.get().startsWith("HTTP/1.1 200 "), waiting::toString);
            TestGateway.until("nobody is here", () -> gateway.metric("heliograph_client_addresses") == 0);
            var again = threads.submit(() -> head(gateway, waits));
            TestGateway.until("the next one waits", () -> gateway.metric("heliograph_client_addresses") == 1);
            publish(gateway);
            assertTrue(again.get().startsWith("HTTP/1.1 200 "));
        }
    }

    private static void publish(TestGateway gateway) throws IOException {
        TestGateway.Answer answer = gateway.post(
                "/publications",
                "{\"channel\":\"none-loop\",\"data\":1}",
                "Authorization: Bearer " + TestToken.acme().text());
        assertEquals(200, answer.status(), answer::body);
    }

    @Test
    void zeroDelayReconnect_clientBeyondAllConnections_comesBack_butLater() throws Exception {
        try (TestGateway gateway = TestGateway.start("limits: {connectionsMax: 1}");
                WsClient first = gateway.connect(TestToken.acme())) {
            try (SseClient browser = SseClient.open(
                    gateway, target(), AS_BROWSERS_DO, "Origin: https://app.acme.test", "Connection: close")) {
                JsonNode close = browser.expect("close");
                assertEquals(1013, close.path("code").asInt());
                assertEquals(
                        "too many connections are open", close.path("reason").asText());
                assertTrue(browser.retryMs() >= 1_000 && browser.retryMs() < 10_000, "retry: " + browser.retryMs());
                assertEquals(null, browser.readOrEnd());
                assertTrue(
                        browser.head().contains("Access-Control-Allow-Origin: https://app.acme.test"), browser::head);
            }
            String other = head(gateway, target());
            assertTrue(other.startsWith("HTTP/1.1 503 "), other);
            String elsewhere = head(gateway, "/publications?channel=none-loop", AS_BROWSERS_DO);
            assertTrue(elsewhere.startsWith("HTTP/1.1 503 "), elsewhere);
            assertTrue(retryAfter(elsewhere) >= 1, elsewhere);
            first.send("{\"type\":\"ping\"}").expect("pong");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/sse?channel=none-loop, 401",
        "/sse?channel=none-loop&token=expired, 401",
        "/sse?channel=none-loop&workspace=acme, 403",
        "/sse?channel=none%20loop, 400"
    })
    void zeroDelayReconnect_clientThatIsRefusedForGood_isAnsweredWhatMakesItGiveUp(String target, int status)
            throws IOException {
        try (TestGateway gateway = TestGateway.start()) {
            String head = head(gateway, target, AS_BROWSERS_DO);
            assertTrue(head.startsWith("HTTP/1.1 " + status + " "), head);
        }
    }

    @Test
    void zeroDelayReconnect_clientThatComesWhileTheGatewayDrains_isToldWhenToComeBack() throws Exception {
        try (TestGateway gateway = TestGateway.start(", drain: {graceMs: 0, durationMs: 10s, deadlineMs: 20s}", "");
                WsClient stays = gateway.connect(TestToken.acme())) {
            gateway.operate("POST", "/admin/drain", "");
            stays.expect("drain");
            try (SseClient late = SseClient.open(gateway, target(), AS_BROWSERS_DO)) {
                SseClient.Event event = late.read();
                while (!event.name().equals("close")) {
                    event = late.read();
                }
                assertEquals(1012, event.json().path("code").asInt());
                assertTrue(late.retryMs() >= 1_000, "retry: " + late.retryMs());
            }
            gateway.hurryDrain();
        }
    }

    @Test
    void zeroDelayReconnect_pollThatTheGatewayCutsShort_isToldWhenToAskAgain() throws Exception {
        TestGateway gateway = TestGateway.start();
        String target = target().replace("/sse", "/publications") + "&wait=30";
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> waiting = threads.submit(() -> head(gateway, target));
            TestGateway.until("the poll waits", () -> gateway.metric("heliograph_connections_open") == 1);
            gateway.close();
            String head = waiting.get();
            assertTrue(head.startsWith("HTTP/1.1 200 "), head);
            assertTrue(retryAfter(head) >= 1, head);
        }
    }

    @Test
    void pollThatIsAnsweredWithWhatItWaitedFor_isNotHeldUp() throws Exception {
        try (TestGateway gateway = TestGateway.start();
                WsClient publisher = gateway.connect(TestToken.acme());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String target = target().replace("/sse", "/publications") + "&wait=30";
            Future<String> waiting = threads.submit(() -> head(gateway, target));
            TestGateway.until("the poll waits", () -> gateway.metric("heliograph_connections_open") == 2);
            publisher.publish("none-loop", "1");
            assertEquals(-1, retryAfter(waiting.get()));
        }
    }

    private static int retryAfter(String head) {
        for (String line : head.split("\r\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith("retry-after: ")) {
                return Integer.parseInt(line.substring("retry-after: ".length()));
            }
        }
        return -1;
    }

    /** The head of an answer, whatever it is. */
    private static String head(TestGateway gateway, String target, String... headers) throws IOException {
        try (var socket = new Socket()) {
            socket.setSoTimeout(20_000);
            socket.connect(gateway.address());
            String request = "GET " + target + " HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n"
                    + String.join("\r\n", headers) + (headers.length == 0 ? "" : "\r\n") + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            if (answer.contains("application/json")) {
                JSON.readTree(answer.substring(end)); // it is one
            }
            return answer.substring(0, end);
        }
    }
}

package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers of event streams that do not read: the same ladder as over WebSockets, with one channel and with several. */
@ExtendWith(NoLeaks.class)
final class SlowStreamTest {
    private static final int EVENT_BYTES = 16 * 1024;
    private static final int OUTBOX_BYTES = 256 * 1024;
    private static final int DROPPED_MIN = 20;
    private static final int ROUND = 10;
    private static final int EVENTS_MAX = 20_000;

    private static SseClient narrow(TestGateway gateway, String channels) throws IOException {
        return SseClient.openNarrow(gateway, "/sse?token=" + TestToken.acme().text() + channels);
    }

    /** Publishes large events, reading each of them back on a healthy stream, until another suffers; returns how many. */
    private static long broadcast(TestGateway gateway, String channel, TestGateway.Condition suffers)
            throws IOException {
        try (SseClient healthy = SseClient.open(
                        gateway,
                        "/sse?channel=" + channel + "&token=" + TestToken.acme().text());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            healthy.begin();
            String publish = "{\"type\":\"publish\",\"channel\":\"" + channel + "\",\"payload\":{\"data\":\""
                    + "x".repeat(EVENT_BYTES) + "\"}}";
            long published = 0;
            while (!suffers.holds()) {
                for (int i = 0; i < ROUND; i++) {
                    publisher.send(publish);
                }
                for (int i = 0; i < ROUND; i++) {
                    assertEquals(
                            ++published,
                            healthy.expect("message").at("/position/offset").asLong());
                }
                assertTrue(published < EVENTS_MAX, "the kernel took it all");
            }
            return published;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"&channel=none-pause", "&channel=none-pause&channel=none-other"})
    void readerThatPauses_isToldWhatItLost_andGetsTheRestInOrder(String channels) throws Exception {
        try (TestGateway gateway =
                        TestGateway.start("limits: {outboxBytesMax: " + OUTBOX_BYTES + ", stallTimeoutMs: 1h}");
                SseClient slow = narrow(gateway, channels)) {
            slow.begin();
            long published = broadcast(
                    gateway, "none-pause", () -> gateway.metric("heliograph_deliveries_dropped_total") >= DROPPED_MIN);
            double dropped = gateway.metric("heliograph_deliveries_dropped_total");
            long next = 1;
            long lost = 0;
            while (next <= published) {
                SseClient.Event event = slow.readPastDegraded();
                JsonNode message = event.json();
                if (event.name().equals("lost")) {
                    JsonNode loss = message.path("payload");
                    assertEquals("slow_consumer", loss.path("reason").asText());
                    assertEquals(next, loss.at("/from/offset").asLong());
                    next = loss.at("/to/offset").asLong() + 1;
                    lost += loss.path("count").asLong();
                } else {
                    assertEquals("message", event.name());
                    assertEquals(next++, message.at("/position/offset").asLong());
                }
            }
            assertEquals((long) dropped, lost);
            slow.expect("restored");
            TestGateway.until("nothing waits", () -> gateway.metric("heliograph_backlog_own_bytes") == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"&channel=none-stall", "&channel=none-stall&channel=none-other"})
    void readerThatStalls_isClosed_whichItSeesIfItReadsOn(String channels) throws Exception {
        try (TestGateway gateway =
                        TestGateway.start("limits: {outboxBytesMax: " + OUTBOX_BYTES + ", stallTimeoutMs: 100}");
                SseClient slow = narrow(gateway, channels)) {
            slow.begin();
            broadcast(
                    gateway,
                    "none-stall",
                    () -> gateway.metric("heliograph_connections_closed_total{reason=\"slow_consumer\"}") == 1);
            SseClient.Event event = slow.read();
            while (!event.name().equals("close")) {
                event = slow.read();
            }
            assertEquals(4408, event.json().path("code").asInt());
            assertEquals(null, slow.readOrEnd());
            TestGateway.until("nothing waits", () -> gateway.metric("heliograph_backlog_own_bytes") == 0);
        }
    }

    @Test
    void whenTooMuchWaitsForAll_newStreamsAndPollsAreToldToComeBack() throws Exception {
        try (TestGateway gateway = TestGateway.start(
                        "limits: {outboxBytesMax: 64MiB, backlogBytesMax: 4MiB, stallTimeoutMs: 1h}");
                SseClient slow = narrow(gateway, "&channel=none-tight")) {
            slow.begin();
            broadcast(gateway, "none-tight", () -> gateway.metric("heliograph_backlog_shared_bytes") > 3_500_000);
            String token = "&token=" + TestToken.acme().text();
            for (String path : new String[] {"/sse?channel=none-tight", "/publications?channel=none-tight"}) {
                TestGateway.Answer answer = gateway.ask("GET", path + token, "");
                assertEquals(503, answer.status(), answer::body);
                assertTrue(answer.body().contains("UNAVAILABLE"), answer::body);
            }
            assertEquals(2, gateway.metric("heliograph_streaming_refused_total{reason=\"overload\"}"));
        }
    }
}

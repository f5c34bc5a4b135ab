package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that do not read, and what they cost: themselves something, their neighbours nothing. */
@ExtendWith(NoLeaks.class)
final class SlowConsumerTest {
    private static final int EVENT_BYTES = 16 * 1024;
    private static final int OUTBOX_BYTES = 256 * 1024;
    private static final int ROUND = 10;
    private static final int DROPPED_MIN = 20;
    /** Far more than the kernel's buffers of one connection hold. */
    private static final int EVENTS_MAX = 20_000;

    private static WsClient narrow(TestGateway gateway) throws IOException {
        WsClient client =
                WsClient.openNarrow(gateway, "/ws?token=" + TestToken.acme().text());
        client.expect("connected");
        return client;
    }

    /** Publishes large events, reading each of them back on a healthy connection, until another suffers; returns how many. */
    private static long broadcast(TestGateway gateway, String channel, TestGateway.Condition suffers)
            throws IOException {
        try (WsClient healthy = gateway.connect(TestToken.acme());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            healthy.subscribe(channel);
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
                            healthy.expect("event").at("/position/offset").asLong());
                }
                assertTrue(published < EVENTS_MAX, "the kernel took it all");
            }
            return published;
        }
    }

    @Test
    void clientThatPauses_isToldWhatItLost_andGetsTheRestInOrder_andItsOutboxWasBounded() throws Exception {
        try (TestGateway gateway =
                        TestGateway.start("limits: {outboxBytesMax: " + OUTBOX_BYTES + ", stallTimeoutMs: 1h}");
                WsClient slow = narrow(gateway)) {
            slow.subscribe("none-pause");
            long published = broadcast(
                    gateway, "none-pause", () -> gateway.metric("heliograph_deliveries_dropped_total") >= DROPPED_MIN);
            double dropped = gateway.metric("heliograph_deliveries_dropped_total");
            long next = 1;
            long lost = 0;
            long afterLoss = 0;
            int degraded = 0;
            while (next <= published) {
                JsonNode message = slow.read();
                if (message.path("type").asText().equals("degraded")) {
                    degraded++;
                    assertEquals("slow_consumer", message.at("/payload/reason").asText());
                } else if (message.path("type").asText().equals("lost")) {
                    JsonNode loss = message.path("payload");
                    assertEquals("slow_consumer", loss.path("reason").asText());
                    assertEquals(next, loss.at("/from/offset").asLong());
                    next = loss.at("/to/offset").asLong() + 1;
                    lost += loss.path("count").asLong();
                    assertEquals(
                            next - loss.at("/from/offset").asLong(),
                            loss.path("count").asLong());
                    afterLoss = 0;
                } else {
                    assertEquals(next++, message.at("/position/offset").asLong());
                    afterLoss++;
                }
            }
            assertEquals((long) dropped, lost);
            assertEquals(1, degraded);
            slow.expect("restored");
            assertTrue(afterLoss <= OUTBOX_BYTES / EVENT_BYTES, "more waited than the bound: " + afterLoss);
            slow.send("{\"type\":\"ping\"}").expect("pong");
        }
    }

    @Test
    void clientThatStalls_isClosedBy4408_whichItSeesIfItReadsOn() throws Exception {
        try (TestGateway gateway =
                        TestGateway.start("limits: {outboxBytesMax: " + OUTBOX_BYTES + ", stallTimeoutMs: 100}");
                WsClient slow = narrow(gateway)) {
            slow.subscribe("none-stall");
            broadcast(
                    gateway,
                    "none-stall",
                    () -> gateway.metric("heliograph_connections_closed_total{reason=\"slow_consumer\"}") == 1);
            WsClient.End end = slow.readToClose();
            assertEquals(4408, end.code(), end::reason);
            long next = 1;
            for (JsonNode message : end.texts()) {
                if (message.path("type").asText().equals("degraded")) {
                    continue;
                }
                boolean lost = message.path("type").asText().equals("lost");
                assertEquals(
                        next,
                        message.at(lost ? "/payload/from/offset" : "/position/offset")
                                .asLong());
                next = 1 + (lost ? message.at("/payload/to/offset").asLong() : next);
            }
        }
    }

    @Test
    void clientThatAsksWithoutReading_isClosedBy4408() throws Exception {
        try (TestGateway gateway =
                        TestGateway.start("limits: {outboxBytesMax: " + OUTBOX_BYTES + ", stallTimeoutMs: 1h}");
                WsClient publisher = gateway.connect(TestToken.acme());
                WsClient greedy = narrow(gateway)) {
            for (int i = 0; i < 16; i++) {
                publisher.publish("long-read", "\"" + "x".repeat(EVENT_BYTES) + "\"");
            }
            int asked = 0;
            while (gateway.metric("heliograph_connections_closed_total{reason=\"slow_consumer\"}") == 0) {
                greedy.send("{\"type\":\"history\",\"channel\":\"long-read\",\"payload\":{\"limit\":100}}");
                assertTrue(++asked < 1_000, "256 MB of answers, and nobody minds");
            }
            WsClient.End end = greedy.readToClose();
            assertEquals(4408, end.code(), end::reason);
            assertTrue(end.texts().size() < asked);
        }
    }

    @Test
    void whenTooMuchWaitsForAll_newcomersAreRefused_andTheHeaviestGoesFirst() throws Exception {
        try (TestGateway gateway = TestGateway.start(
                        "limits: {outboxBytesMax: 64MiB, backlogBytesMax: 4MiB, stallTimeoutMs: 1h}");
                WsClient publisher = gateway.connect(TestToken.acme());
                WsClient light = narrow(gateway);
                WsClient heavy = narrow(gateway)) {
            light.subscribe("none-light");
            long lightEvents =
                    broadcast(gateway, "none-light", () -> gateway.metric("heliograph_backlog_shared_bytes") > 100_000);
            heavy.subscribe("none-heavy");
            broadcast(gateway, "none-heavy", () -> gateway.metric("heliograph_backlog_shared_bytes") > 3_500_000);
            try (WsClient late = WsClient.bare(gateway)) {
                String request =
                        WsClient.request("/ws?token=" + TestToken.acme().text());
                late.sendBytes(request.getBytes(StandardCharsets.US_ASCII));
                WsClient.Head refusal = late.readHead();
                assertEquals(503, refusal.status(), refusal::text);
                assertEquals("5", refusal.header("Retry-After"));
                assertEquals(1, gateway.metric("heliograph_upgrades_refused_total"));
            }
            for (int i = 0; i < 100; i++) {
                publisher.publish("none-heavy", "\"" + "x".repeat(EVENT_BYTES) + "\"");
            }
            WsClient.End end = heavy.readToClose();
            assertEquals(4408, end.code(), end::reason);
            gateway.untilClosed("memory", 1);
            for (long next = 1; next <= lightEvents; next++) {
                assertEquals(next, light.expect("event").at("/position/offset").asLong());
            }
            light.send("{\"type\":\"ping\"}").expect("pong");
            assertEquals(0, gateway.metric("heliograph_backlog_shared_bytes"));
            gateway.connect(TestToken.acme()).close();
        }
    }
}

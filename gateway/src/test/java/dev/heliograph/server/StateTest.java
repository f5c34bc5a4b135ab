package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.app.TestApp;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code /statez} says of a gateway with real clients, as the console reads it. */
@ExtendWith(NoLeaks.class)
final class StateTest {
    private static JsonNode kinds(TestGateway gateway) throws IOException {
        return gateway.statez().at("/connections/openByKind");
    }

    private static Socket ask(TestGateway gateway, String target) throws IOException {
        var socket = new Socket();
        socket.connect(gateway.address());
        String request = "GET " + target + "&token=" + TestToken.acme().text()
                + " HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void connections_areCountedByKind_untilTheyAreGone() throws Exception {
        try (TestGateway gateway = TestApp.start("", "")) {
            try (WsClient _ = gateway.connect(TestToken.acme());
                    WsClient _ = gateway.connect(TestToken.acme());
                    WsClient _ = WsClient.open(gateway, "/app/shop-key?protocol=7");
                    Socket _ = ask(gateway, "/sse?channel=none-kinds");
                    Socket _ = ask(gateway, "/publications?channel=none-kinds&wait=30")) {
                TestGateway.until(
                        "each is counted where it belongs",
                        () -> kinds(gateway)
                                .toString()
                                .equals("{\"websocket\":2,\"pusher\":1,\"dazzle\":0,\"event_stream\":1,\"poll\":1}"));
                assertEquals(5, gateway.statez().at("/connections/open").asInt());
            }
            TestGateway.until(
                    "none is left",
                    () -> kinds(gateway)
                            .toString()
                            .equals("{\"websocket\":0,\"pusher\":0,\"dazzle\":0,\"event_stream\":0,\"poll\":0}"));
        }
    }

    @Test
    void sections_sayWhatWasCounted_howLongItTook_andWhatTheProcessTakes() throws Exception {
        try (TestGateway gateway = TestGateway.start();
                WsClient client = gateway.connect(TestToken.acme())) {
            client.subscribe(TestGateway.EVENTS);
            gateway.post(
                    "/v1/track",
                    "{\"type\":\"track\",\"event\":\"Step\",\"userId\":\"u\",\"messageId\":\"state-1\"}",
                    "X-Write-Key: acme-web-key");
            client.expect("event");
            TestGateway.until(
                    "its pass is recorded",
                    () -> gateway.statez().at("/latency/total").size() == 1);
            JsonNode state = gateway.statez();
            for (String stage : new String[] {"sequenced", "handed_over", "written", "total"}) {
                assertEquals(1, state.at("/latency/" + stage).iterator().next().asInt(), stage);
            }
            assertEquals(1, state.at("/counters/events.published").asInt(), state::toString);
            assertEquals(1, state.at("/counters/deliveries").asInt());
            assertEquals(0, state.at("/counters/connections.closed/client").asInt(-1));
            assertTrue(state.at("/process/heapUsedBytes").asLong() > 1_000_000, state::toString);
            assertTrue(
                    state.at("/process/heapMaxBytes").asLong()
                            >= state.at("/process/heapUsedBytes").asLong(),
                    state::toString);
            assertTrue(state.at("/process/cpuMs").asLong() > 0, state::toString);
        }
    }
}

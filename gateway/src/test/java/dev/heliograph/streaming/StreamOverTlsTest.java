package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.http.TestCertificate;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Event streams of several channels over TLS: what the peer does not take is held in two places, and still comes whole and in order. */
@ExtendWith(NoLeaks.class)
@Tag("slow")
final class StreamOverTlsTest {
    private static final int EVENTS = 1_500;
    private static final int EVENT_BYTES = 12_000;

    @TempDir
    private Path folder;

    private final TestCertificate certificate = TestCertificate.ec();
    private final SSLContext client = certificate.client();

    private WsClient publisher(TestGateway gateway) throws IOException {
        var address = gateway.address();
        String request = WsClient.request(
                "/ws", "Authorization: Bearer " + TestToken.acme().text());
        WsClient ws = WsClient.over(client.getSocketFactory().createSocket(address.getHostString(), address.getPort()))
                .sendBytes(request.getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(101, ws.readHead().status());
        ws.expect("connected");
        return ws;
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void readerThatPauses_getsWhatWasKeptForIt_inOrder_andIsToldTheRest(String transport) throws Exception {
        certificate.writeTo(folder);
        String server = ", transport: %s, tls: {certificateFile: %2$s/tls.crt, keyFile: %2$s/tls.key}"
                .formatted(transport, folder);
        String target = "/sse?channel=none-one&channel=none-two&token="
                + TestToken.acme().text();
        try (TestGateway gateway = TestGateway.start(server, "limits: {outboxBytesMax: 512KiB, stallTimeoutMs: 1h}");
                WsClient publisher = publisher(gateway);
                SseClient slow = SseClient.openNarrow(client.getSocketFactory().createSocket(), gateway, target)) {
            slow.begin();
            String data = "\"" + "x".repeat(EVENT_BYTES) + "\"";
            for (int i = 1; i <= EVENTS; i++) {
                assertEquals(i, publisher.publish("none-one", data));
            }
            assertTrue(gateway.metric("heliograph_deliveries_dropped_total") > 0, "the kernel took it all");
            long next = 1;
            while (next <= EVENTS) {
                SseClient.Event event = slow.readPastDegraded();
                JsonNode message = event.json();
                boolean lost = event.name().equals("lost");
                assertEquals(
                        next,
                        message.at(lost ? "/payload/from/offset" : "/position/offset")
                                .asLong());
                next = 1 + (lost ? message.at("/payload/to/offset").asLong() : next);
            }
            slow.expect("restored");
            publisher.publish("none-two", "2");
            assertEquals("none-two", slow.expect("message").path("channel").asText());
            assertEquals(2, slow.lastId().split("~", -1).length, slow.lastId());
        }
    }
}

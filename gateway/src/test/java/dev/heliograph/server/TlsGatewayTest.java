package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.http.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole gateway over TLS, by each transport. */
@ExtendWith(NoLeaks.class)
@Tag("slow")
final class TlsGatewayTest {
    private static final String CHANNEL = "long-room";
    private static final TestToken TOKEN = TestToken.acme();

    @TempDir
    private Path folder;

    private final TestCertificate certificate = TestCertificate.ec();
    private final SSLContext client = certificate.client();

    private TestGateway start(String transport) throws IOException {
        return start(transport, "");
    }

    private TestGateway start(String transport, String settings) throws IOException {
        certificate.writeTo(folder);
        return TestGateway.start(
                ", transport: %s, tls: {certificateFile: %2$s/tls.crt, keyFile: %2$s/tls.key}"
                        .formatted(transport, folder),
                settings);
    }

    private SSLSocket socket(TestGateway gateway) throws IOException {
        var address = gateway.address();
        return (SSLSocket) client.getSocketFactory().createSocket(address.getHostString(), address.getPort());
    }

    private static byte[] request() {
        return WsClient.request("/ws", "Authorization: Bearer " + TOKEN.text()).getBytes(StandardCharsets.ISO_8859_1);
    }

    private WsClient connect(TestGateway gateway) throws IOException {
        WsClient ws = WsClient.over(socket(gateway)).sendBytes(request());
        assertEquals(101, ws.readHead().status());
        ws.expect("connected");
        return ws;
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void conversation_endsWithCloseFramesAndGoodbyes(String transport) throws Exception {
        try (TestGateway gateway = start(transport)) {
            try (WsClient ws = connect(gateway);
                    WsClient publisher = connect(gateway)) {
                ws.subscribe(CHANNEL);
                publisher.publish(CHANNEL, "{\"n\":1}");
                assertEquals(1, ws.expect("event").at("/payload/data/n").asInt());
                ws.sendBytes(WsClient.frame(WsClient.FIN | WsClient.PING, new byte[] {1, 2, 3}));
                assertEquals(WsClient.PONG, ws.readFrame().opcode());
                ws.sendBytes(WsClient.close(1000));
                assertEquals(1000, ws.readToClose().code(), "with a goodbye: a truncation would be an exception");
            }
            gateway.untilEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void framesInTheRecordOfTheUpgrade_andInThoseRightBehind_areRead(String transport) throws Exception {
        try (TestGateway gateway = start(transport)) {
            var record = new ByteArrayOutputStream();
            record.writeBytes(request());
            record.writeBytes(subscribe("long-0"));
            try (WsClient ws = WsClient.over(socket(gateway))) {
                ws.sendBytes(record.toByteArray());
                for (int i = 1; i < 20; i++) {
                    ws.sendBytes(subscribe("long-" + i));
                }
                assertEquals(101, ws.readHead().status());
                ws.expect("connected");
                for (int i = 0; i < 20; i++) {
                    assertEquals(
                            "long-" + i, ws.expect("subscribed").at("/channel").asText());
                }
            }
            gateway.untilEmpty();
        }
    }

    /** The header of a proxy that passes TLS on stands before it. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void addressThatAProxySays_countsItsConnections_andNoLongerThanTheyAreOpen(String transport) throws Exception {
        String behind = transport + ", trustedProxies: [127.0.0.1], proxyProtocol: true";
        try (TestGateway gateway = start(behind, "limits: {connectionsPerAddressMax: 1}")) {
            for (int i = 0; i < 3; i++) {
                TestGateway.until("the place is free", () -> gateway.metric("heliograph_client_addresses") == 0);
                try (WsClient one = proxied(gateway, "192.0.2.1");
                        WsClient again = proxied(gateway, "192.0.2.1");
                        WsClient other = proxied(gateway, "192.0.2.2")) {
                    assertEquals(101, one.sendBytes(request()).readHead().status());
                    assertEquals(429, again.sendBytes(request()).readHead().status());
                    assertEquals(101, other.sendBytes(request()).readHead().status());
                }
            }
            gateway.untilEmpty();
        }
    }

    private WsClient proxied(TestGateway gateway, String address) throws IOException {
        var below = new Socket(gateway.address().getAddress(), gateway.address().getPort());
        String header = "PROXY TCP4 " + address + " 198.51.100.1 4711 443\r\n";
        below.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
        return WsClient.over(client.getSocketFactory().createSocket(below, "127.0.0.1", below.getPort(), true));
    }

    /** So that the hand-over after the upgrade meets every part of a record. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void recordsThatArriveInPieces_areReadWhole(String transport) throws Exception {
        try (TestGateway gateway = start(transport)) {
            for (int piece : new int[] {1, 7, 60, 300}) {
                var address = gateway.address();
                try (Socket pieces = new PiecewiseSocket(address, piece);
                        var socket = (SSLSocket) client.getSocketFactory()
                                .createSocket(pieces, address.getHostString(), address.getPort(), true);
                        WsClient ws = WsClient.over(socket)) {
                    ws.sendBytes(request());
                    ws.sendBytes(subscribe("long-1"));
                    ws.sendBytes(subscribe("long-2"));
                    assertEquals(101, ws.readHead().status());
                    ws.expect("connected");
                    assertEquals(
                            "long-1", ws.expect("subscribed").at("/channel").asText());
                    assertEquals(
                            "long-2", ws.expect("subscribed").at("/channel").asText());
                }
            }
            gateway.untilEmpty();
        }
    }

    /** Sends a few bytes at a time. */
    private static final class PiecewiseSocket extends Socket {
        private final int piece;

        PiecewiseSocket(InetSocketAddress address, int piece) throws IOException {
            this.piece = piece;
            setTcpNoDelay(true);
            connect(address);
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    for (int i = 0; i < length; i += piece) {
                        out.write(bytes, from + i, Math.min(piece, length - i));
                    }
                }
            };
        }
    }

    private static byte[] subscribe(String channel) {
        String text = "{\"type\":\"subscribe\",\"channel\":\"" + channel + "\"}";
        return WsClient.frame(WsClient.FIN | WsClient.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void subscriberThatReadsLate_getsEverythingInOrder(String transport) throws Exception {
        int count = 300;
        String text = "x".repeat(20_000);
        try (TestGateway gateway = start(transport, "limits: {outboxBytesMax: 16MiB}")) {
            try (WsClient late = connect(gateway);
                    WsClient publisher = connect(gateway)) {
                late.subscribe(CHANNEL);
                for (int i = 0; i < count; i++) {
                    publisher.publish(CHANNEL, "{\"n\":" + i + ",\"text\":\"" + text + "\"}");
                }
                for (int i = 0; i < count; i++) {
                    JsonNode publication = late.expect("event");
                    assertEquals(i, publication.at("/payload/data/n").asInt());
                    assertEquals(
                            text.length(),
                            publication.at("/payload/data/text").asText().length());
                }
            }
            gateway.untilEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void gatewayThatStops_saysSoAndGoodbye(String transport) throws Exception {
        TestGateway gateway = start(transport);
        Thread stop;
        try (WsClient ws = connect(gateway)) {
            stop = Thread.ofVirtual().start(gateway::close);
            assertEquals(1012, ws.readToClose().code());
        }
        stop.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void clientsThatVanish_inEveryWay_leaveNothing(String transport) throws Exception {
        try (TestGateway gateway = start(transport)) {
            for (int i = 0; i < 10; i++) {
                SSLSocket socket = socket(gateway);
                WsClient ws = WsClient.over(socket).sendBytes(request());
                assertEquals(101, ws.readHead().status());
                ws.expect("connected");
                switch (i % 2) {
                    case 0 -> socket.shutdownOutput(); // a goodbye of TLS, without a Close frame
                    default -> socket.close();
                }
            }
            gateway.untilEmpty();
        }
    }

    @Test
    void theJdksClients_ingestAndListen() throws Exception {
        try (TestGateway gateway = start("auto");
                HttpClient http = HttpClient.newBuilder().sslContext(client).build()) {
            String authority = "localhost:" + gateway.address().getPort();
            var texts = new LinkedBlockingQueue<String>();
            WebSocket ws = http.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + TOKEN.text())
                    .buildAsync(URI.create("wss://" + authority + "/ws"), new Collector(texts))
                    .get(20, TimeUnit.SECONDS);
            assertTrue(next(texts).contains("\"connected\""));
            ws.sendText("{\"type\":\"subscribe\",\"channel\":\"" + TestGateway.EVENTS + "\"}", true)
                    .get();
            assertTrue(next(texts).contains("\"subscribed\""));
            HttpRequest track = HttpRequest.newBuilder(URI.create("https://" + authority + "/v1/track"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"writeKey\":\"acme-web-key\",\"type\":\"track\",\"event\":\"Seen\",\"userId\":\"u\"}"))
                    .build();
            assertEquals(
                    200, http.send(track, HttpResponse.BodyHandlers.ofString()).statusCode());
            assertTrue(next(texts).contains("\"Seen\""));
            ws.sendClose(WebSocket.NORMAL_CLOSURE, "").get();
            assertEquals("closed 1000", next(texts));
            assertTrue(gateway.metric("heliograph_tls_handshakes_total{kind=\"full\"}") >= 1);
            assertTrue(gateway.metric("heliograph_tls_certificate_expiry_seconds") > 80 * 86_400);
            assertEquals(0, gateway.metric("heliograph_tls_handshakes_under_way"));
        }
    }

    private static String next(BlockingQueue<String> texts) throws InterruptedException {
        return String.valueOf(texts.poll(20, TimeUnit.SECONDS));
    }

    /** Collects whole texts and the end. */
    private static final class Collector implements WebSocket.Listener {
        private final BlockingQueue<String> texts;
        private final List<CharSequence> parts = new ArrayList<>();

        Collector(BlockingQueue<String> texts) {
            this.texts = texts;
        }

        @Override
        public CompletionStage<?> onText(WebSocket ws, CharSequence part, boolean last) {
            parts.add(part);
            if (last) {
                texts.add(String.join("", parts));
                parts.clear();
            }
            return WebSocket.Listener.super.onText(ws, part, last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
            texts.add("closed " + code);
            return WebSocket.Listener.super.onClose(ws, code, reason);
        }
    }
}

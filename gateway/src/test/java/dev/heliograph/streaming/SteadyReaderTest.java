package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.heliograph.http.TestCertificate;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Readers that take a little all the time are not stalled, whatever lies between them and what waits for them; those that take nothing are. */
@ExtendWith(NoLeaks.class)
@Tag("slow")
final class SteadyReaderTest {
    private static final String LIMITS = "limits: {stallTimeoutMs: 3s}";
    /** A kernel that waits until half of what it may keep unsent has gone, 32 KiB, says nothing for longer than the limit. */
    private static final int BYTES_PER_STEP = 800;

    private static final int STEP_MS = 100;
    private static final long READ_MS = 9_000;
    private static final int EVENTS = 5_000;
    private static final int EVENT_BYTES = 1_000;
    private static final int NARROW = 4_096;
    private static final String[] CHANNELS = {"&channel=none-a", "&channel=none-a&channel=none-b"};

    @TempDir
    private Path folder;

    private final TestCertificate certificate = TestCertificate.ec();
    private final List<TestGateway> gateways = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final AtomicBoolean reading = new AtomicBoolean(true);

    @AfterEach
    void close() throws IOException {
        for (Reader reader : readers) {
            reader.raw.close();
        }
        gateways.forEach(TestGateway::close);
    }

    /** One stream, of which no more is decrypted once it has begun. */
    private record Reader(String name, Socket raw, AtomicBoolean reads) implements Callable<String> {
        /** Takes a little all the time; returns how it was closed, if it was. */
        @Override
        public String call() throws Exception {
            InputStream in = raw.getInputStream();
            byte[] some = new byte[BYTES_PER_STEP];
            int bytes = 0;
            while (reads.get()) {
                int read = in.read(some);
                if (read < 0) {
                    return name + " was closed after " + bytes + " bytes";
                }
                bytes += read;
                Thread.sleep(STEP_MS);
            }
            return "";
        }
    }

    private void open(String transport, boolean tls) throws IOException {
        certificate.writeTo(folder);
        String secured = tls ? ", tls: {certificateFile: %1$s/tls.crt, keyFile: %1$s/tls.key}".formatted(folder) : "";
        TestGateway gateway = TestGateway.start(", transport: " + transport + secured, LIMITS);
        gateways.add(gateway);
        SSLContext client = certificate.client();
        for (String channels : CHANNELS) {
            var raw = new Socket();
            raw.setReceiveBufferSize(NARROW);
            raw.connect(gateway.address());
            readers.add(new Reader(transport + (tls ? " TLS " : " ") + channels, raw, reading));
            begin(tls ? over(client, raw) : raw, channels);
        }
    }

    /** Much more than the kernels keep. */
    private void publish(TestGateway gateway, boolean tls) throws IOException {
        SocketFactory sockets = tls ? certificate.client().getSocketFactory() : SocketFactory.getDefault();
        var address = gateway.address();
        String upgrade = WsClient.request(
                "/ws", "Authorization: Bearer " + TestToken.acme().text());
        try (WsClient publisher = WsClient.over(sockets.createSocket(address.getHostString(), address.getPort()))) {
            publisher.sendBytes(upgrade.getBytes(StandardCharsets.ISO_8859_1)).readHead();
            publisher.expect("connected");
            String data = "\"" + "x".repeat(EVENT_BYTES) + "\"";
            for (int i = 1; i <= EVENTS; i++) {
                publisher.send("{\"type\":\"publish\",\"channel\":\"none-a\",\"payload\":{\"data\":" + data + "}}");
            }
            publisher.publish("none-a", data);
        }
    }

    private static SSLSocket over(SSLContext client, Socket raw) throws IOException {
        return (SSLSocket) client.getSocketFactory().createSocket(raw, "localhost", raw.getPort(), false);
    }

    private static void begin(Socket socket, String channels) throws IOException {
        String request =
                "GET /sse?token=" + TestToken.acme().text() + channels + " HTTP/1.1\r\nHost: gateway.test\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.UTF_8).contains("event: subscribed")) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException(head.toString(StandardCharsets.UTF_8));
            }
            head.write(b);
        }
    }

    @Test
    void readerThatTakesALittleAllTheTime_isNotClosed_andOneThatTakesNothingIs() throws Exception {
        for (String transport : List.of("auto", "nio")) {
            open(transport, false);
            open(transport, true);
        }
        List<Double> closed = new ArrayList<>();
        List<Double> waiting = new ArrayList<>();
        List<String> goodbyes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> ends = readers.stream().map(threads::submit).toList();
            for (int i = 0; i < gateways.size(); i++) {
                publish(gateways.get(i), i % 2 == 1);
            }
            Thread.sleep(READ_MS);
            for (TestGateway gateway : gateways) {
                closed.add(closedAsSlow(gateway));
                waiting.add(gateway.metric("heliograph_backlog_shared_bytes"));
            }
            reading.set(false);
            for (Future<String> end : ends) {
                goodbyes.add(end.get());
            }
        }
        assertEquals(Collections.nCopies(readers.size(), ""), goodbyes);
        assertEquals(Collections.nCopies(gateways.size(), 0.0), closed);
        assertFalse(waiting.contains(0.0), "nothing waited");
        for (TestGateway gateway : gateways) {
            TestGateway.until("those who take nothing are closed", () -> closedAsSlow(gateway) == CHANNELS.length);
        }
    }

    private static double closedAsSlow(TestGateway gateway) throws IOException {
        return gateway.metric("heliograph_connections_closed_total{reason=\"slow_consumer\"}");
    }
}

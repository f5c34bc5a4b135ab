package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.TlsConfig;
import dev.heliograph.metrics.TlsFailure;
import dev.heliograph.metrics.TlsHandshakeKind;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients that do not finish a handshake may cost, and what they are told. */
@Tag("slow")
final class TlsHandshakeBoundsTest {
    private static final String GET = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final long SHORT_MS = 400;
    private static final long ENDLESS_MS = 60_000;

    private final LeakWatch watch = new LeakWatch();

    @TempDir
    private Path folder;

    private SSLContext client;

    @BeforeEach
    void makeCertificate() throws IOException {
        client = TestCertificate.ec().writeTo(folder).client();
    }

    @AfterEach
    void nothingLeaked() throws Exception {
        assertEquals(List.of(), watch.leaks());
        assertEquals(List.of(), watch.failures());
        watch.close();
    }

    private TlsServer start(SslProvider provider, long timeoutMs, int handshakesMax) throws IOException {
        LimitsConfig limits = TestServer.handshakes(timeoutMs, handshakesMax);
        return new TlsServer(folder, provider, TlsConfig.Version.TLS_1_2, limits);
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void silentClient_isClosedAtTheTimeout(SslProvider provider) throws Exception {
        try (var tls = start(provider, SHORT_MS, 10);
                var silent = tls.server.connect()) {
            assertTrue(silent.isEnded());
            TestServer.until(() -> tls.failures(TlsFailure.TIMEOUT) == 1);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void clientThatSendsByteAfterByte_isClosedAtTheTimeout_andHoldsNoPlace(SslProvider provider) throws Exception {
        byte[] hello = ClientHellos.tls13();
        try (var tls = start(provider, SHORT_MS, 1);
                var slow = tls.server.connect()) {
            for (int i = 0; i < hello.length && tls.failures(TlsFailure.TIMEOUT) == 0; i++) {
                slow.sendUnlessClosed((char) (hello[i] & 0xFF));
                assertEquals(0, tls.server.http.handshakesUnderWay());
                Thread.sleep(5);
            }
            assertEquals(1, tls.failures(TlsFailure.TIMEOUT), "of " + hello.length + " bytes, each after 5 ms");
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void clientThatStopsHalfway_isClosedAtTheTimeout_andGivesItsPlaceBack(SslProvider provider) throws Exception {
        try (var tls = start(provider, SHORT_MS, 1);
                var halfway = tls.server.connect()) {
            halfway.send(ClientHellos.tls13());
            TestServer.until(() -> tls.failures(TlsFailure.TIMEOUT) == 1);
            assertEquals(0, tls.server.http.handshakesUnderWay());
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
            assertServes(tls);
        }
    }

    private void assertServes(TlsServer tls) throws IOException {
        try (var raw = tls.connect(client)) {
            assertEquals("hello", raw.send(GET).read().text());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void handshakesBeyondTheBound_areClosed_untilOneUnderWayEnds(SslProvider provider) throws Exception {
        try (var tls = start(provider, ENDLESS_MS, 3)) {
            var halfway = new ArrayList<RawClient>();
            for (int i = 0; i < 3; i++) {
                halfway.add(tls.server.connect().send(ClientHellos.tls13()));
            }
            TestServer.until(() -> tls.server.http.handshakesUnderWay() == 3);
            for (int i = 1; i <= 20; i++) {
                try (SSLSocket socket = tls.socket(client)) {
                    assertThrows(IOException.class, socket::startHandshake);
                }
            }
            assertEquals(20, tls.failures(TlsFailure.BUSY));
            halfway.getFirst().close();
            TestServer.until(() -> tls.server.http.handshakesUnderWay() == 2);
            assertEquals(1, tls.failures(TlsFailure.GONE));
            assertServes(tls);
            for (RawClient rest : halfway) {
                rest.close();
            }
            TestServer.until(() -> tls.server.http.handshakesUnderWay() == 0);
            assertEquals(3, tls.failures(TlsFailure.GONE));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void clientsThatVanishAtAnyPointOfTheHandshake_leaveNothing(SslProvider provider) throws Exception {
        byte[] hello = ClientHellos.tls13();
        try (var tls = start(provider, ENDLESS_MS, 1_000)) {
            for (int sent = 0; sent <= hello.length; sent += 1 + hello.length / 40) {
                for (boolean reset : new boolean[] {true, false}) {
                    try (RawClient raw = tls.server.connect()) {
                        raw.send(Arrays.copyOf(hello, sent));
                        if (reset) {
                            raw.reset();
                        }
                    }
                }
            }
            try (RawClient raw = tls.server.connect()) {
                raw.send(hello).readBytes(100);
                raw.endSending();
                assertTrue(raw.readToClose() >= 0);
            }
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
            assertEquals(0, tls.server.http.handshakesUnderWay());
            assertEquals(0, tls.handshakes(TlsHandshakeKind.FULL));
            assertEquals(0, tls.failures() - tls.failures(TlsFailure.GONE), "counted for what they are");
            assertServes(tls);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void manyClientsAtOnce_areAllServed(SslProvider provider) throws Exception {
        int clients = 60;
        try (var tls = start(provider, ENDLESS_MS, clients)) {
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < clients; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        assertServes(tls);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(clients, tls.handshakes(TlsHandshakeKind.FULL) + tls.handshakes(TlsHandshakeKind.RESUMED));
            assertEquals(0, tls.failures());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void plainHttp_isToldThatThisIsTls(SslProvider provider) throws Exception {
        try (var tls = start(provider, ENDLESS_MS, 10);
                var plain = tls.server.connect()) {
            RawClient.Answer answer = plain.send(GET).read();
            assertEquals(400, answer.status());
            assertEquals("close", answer.header("Connection"));
            assertTrue(answer.text().contains("tls_required"), answer::text);
            assertTrue(plain.isEnded());
            assertEquals(1, tls.failures(TlsFailure.PLAINTEXT));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void plainHttpThatGoesOnSending_isClosedAfterAWhile(SslProvider provider) throws Exception {
        try (var tls = start(provider, ENDLESS_MS, 10);
                var plain = tls.server.connect()) {
            plain.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
            assertEquals(400, plain.read().status());
            plain.send("x".repeat(50_000));
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void whatIsNeitherTlsNorHttp_isClosed(SslProvider provider) throws Exception {
        try (var tls = start(provider, ENDLESS_MS, 10)) {
            byte[][] nonsense = {
                {0}, {0x15, 3, 1, 0, 2, 1, 0}, {0x16, 3, 1, (byte) 0xFF, (byte) 0xFF, 1}, {0x16, 9, 9, 0, 1, 1},
            };
            for (byte[] bytes : nonsense) {
                try (var raw = tls.server.connect()) {
                    assertTrue(raw.send(bytes).isEnded());
                }
            }
            assertEquals(2, tls.failures(TlsFailure.PLAINTEXT));
            assertEquals(2, tls.failures(TlsFailure.PROTOCOL));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void helloThatIsNone_isRefused(SslProvider provider) throws Exception {
        try (var tls = start(provider, ENDLESS_MS, 10);
                var raw = tls.server.connect()) {
            raw.send(new byte[] {0x16, 3, 1, 0, 5, 9, 0, 0, 1, 7});
            assertTrue(raw.readToClose() >= 0);
            TestServer.until(() -> tls.failures(TlsFailure.PROTOCOL) == 1);
            assertEquals(0, tls.server.http.handshakesUnderWay());
        }
    }
}

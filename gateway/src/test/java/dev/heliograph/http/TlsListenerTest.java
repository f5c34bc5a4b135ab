package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.config.TlsConfig;
import dev.heliograph.metrics.TlsFailure;
import dev.heliograph.metrics.TlsHandshakeKind;
import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP over TLS, and how connections begin and end with it. */
@Tag("slow")
final class TlsListenerTest {
    private static final String GET = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final BodyLimits LARGE =
            new BodyLimits(2 << 20, 2 << 20, reason -> Errors.json(413, "too_large", reason));

    /** How often a client goes on sending to a server that has said goodbye. */
    private static final int MORE_SENDS = 10;

    private final LeakWatch watch = new LeakWatch();

    @TempDir
    private Path folder;

    private TestCertificate certificate;
    private SSLContext client;

    static Stream<SslProvider> providers() {
        return OpenSsl.isAvailable()
                ? Stream.of(SslProvider.OPENSSL_REFCNT, SslProvider.JDK)
                : Stream.of(SslProvider.JDK);
    }

    @BeforeEach
    void makeCertificate() throws IOException {
        certificate = TestCertificate.ec().writeTo(folder);
        client = certificate.client();
    }

    @AfterEach
    void nothingLeaked() throws Exception {
        assertEquals(List.of(), watch.leaks());
        assertEquals(List.of(), watch.failures());
        watch.close();
    }

    @Test
    void boringSsl_servesWhereItsLibraryIs() {
        boolean linux = System.getProperty("os.name").equals("Linux");
        boolean known = List.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
        assertTrue(!linux || !known || OpenSsl.isAvailable(), () -> String.valueOf(OpenSsl.unavailabilityCause()));
    }

    @ParameterizedTest
    @MethodSource("providers")
    void requests_areAnsweredOnOneConnection_pipelinedOnesToo(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider);
                var raw = tls.connect(client)) {
            assertEquals("hello", raw.send(GET).read().text());
            raw.send(GET + GET + GET);
            for (int i = 0; i < 3; i++) {
                assertEquals("hello", raw.read().text());
            }
            assertEquals(1, tls.handshakes(TlsHandshakeKind.FULL));
            assertEquals(0, tls.failures());
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void largeBodies_passBothWays(SslProvider provider) throws Exception {
        byte[] body = new byte[1_500_000];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31 + i / 7_919);
        }
        try (var tls = new TlsServer(folder, provider);
                var raw = tls.connect(client)) {
            tls.server.router.add(Route.post(
                    "/large",
                    LARGE,
                    (request, respond) -> respond.accept(new Response(200, Map.of(), request.body()))));
            for (int round = 0; round < 3; round++) {
                raw.send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n")
                        .send(body);
                assertArrayEquals(body, raw.read().body());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void tooLargeABody_isRefusedWhileItIsSent_andTheClientReadsWhy(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider);
                var raw = tls.connect(client)) {
            raw.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            raw.send("1000\r\n" + "x".repeat(4_096));
            assertEquals(413, raw.read().status());
            for (int i = 0; i < MORE_SENDS; i++) {
                raw.send("x".repeat(10_000)); // a reset would be an exception here
                Thread.sleep(10);
            }
            assertTrue(raw.isEnded(), "a goodbye, not a truncation, which would be an exception here");
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void channelWire_thatSaysItsLastWord_isNotResetByWhatThePeerStillSends(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider, Transport.NIO);
                var raw = tls.connect(client, "TLSv1.3")) {
            tls.server.router.upgrade(
                    "/ws",
                    upgrade -> upgrade.accept(Map.of(), departed -> LastWordWire.start(departed, "the last word")));
            raw.send("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
            assertEquals(101, raw.read().status());
            for (int i = 0; i < MORE_SENDS; i++) {
                raw.send("x".repeat(10_000)); // a reset would be an exception here
                Thread.sleep(10);
            }
            assertEquals("the last word", new String(raw.readBytes(13), StandardCharsets.US_ASCII));
            assertTrue(raw.isEnded());
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void connectionClose_isAnsweredAndEndsWithAGoodbye(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider);
                var raw = tls.connect(client)) {
            raw.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertEquals("hello", raw.read().text());
            assertTrue(raw.isEnded());
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void alpn_choosesHttp11_andNothingForAClientWithoutIt(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider)) {
            assertEquals("http/1.1", negotiated(tls, "h2", "http/1.1"));
            assertEquals("", negotiated(tls, "h2"));
            assertEquals("", negotiated(tls));
        }
    }

    private String negotiated(TlsServer tls, String... offered) throws IOException {
        try (SSLSocket socket = tls.socket(client)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(offered);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getApplicationProtocol();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void cipher_isEphemeralAndAuthenticated_inBothVersions(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider)) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (SSLSocket socket = tls.socket(client, version)) {
                    socket.startHandshake();
                    assertEquals(version, socket.getSession().getProtocol());
                    String cipher = socket.getSession().getCipherSuite();
                    assertTrue(cipher.matches("TLS_(ECDHE_ECDSA_WITH_)?(AES_\\d+_GCM|CHACHA20).*"), cipher);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void rsaKey_serves(SslProvider provider) throws Exception {
        TestCertificate rsa = TestCertificate.rsa().writeTo(folder);
        try (var tls = new TlsServer(folder, provider);
                var raw = tls.connect(rsa.client(), "TLSv1.2")) {
            assertEquals("hello", raw.send(GET).read().text());
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void clientThatComesAgain_resumesItsSession_inBothVersions(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider)) {
            for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                double full = tls.handshakes(TlsHandshakeKind.FULL);
                double resumed = tls.handshakes(TlsHandshakeKind.RESUMED);
                SSLContext remembering = certificate.client();
                for (int i = 0; i < 3; i++) {
                    try (var raw = tls.connect(remembering, version)) {
                        assertEquals("hello", raw.send(GET).read().text());
                    }
                    Thread.sleep(5); // the JDK's sessions are told apart by their milliseconds
                }
                assertEquals(full + 1, tls.handshakes(TlsHandshakeKind.FULL), version);
                assertEquals(resumed + 2, tls.handshakes(TlsHandshakeKind.RESUMED), version);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void minVersion13_refusesAClientOf12(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider, TlsConfig.Version.TLS_1_3, LimitsConfig.DEFAULT)) {
            try (SSLSocket old = tls.socket(client, "TLSv1.2")) {
                assertThrows(SSLHandshakeException.class, old::startHandshake);
            }
            try (var raw = tls.connect(client)) {
                assertEquals("hello", raw.send(GET).read().text());
            }
            TestServer.until(() -> tls.failures(TlsFailure.VERSION) == 1);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void clientWithoutAnAuthenticatedCipher_isRefused(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider);
                SSLSocket old = tls.socket(client, "TLSv1.2")) {
            old.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"});
            assertThrows(SSLHandshakeException.class, old::startHandshake);
            TestServer.until(() -> tls.failures(TlsFailure.CIPHER) == 1);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void tls11_isRefusedByAnAlertThatSaysSo(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider);
                var raw = tls.server.connect()) {
            byte[] alert = raw.send(ClientHellos.tls11()).readBytes(7);
            assertEquals(21, alert[0], "an alert");
            assertEquals(2, alert[5], "fatal");
            assertEquals(70, alert[6], "protocol_version");
            assertTrue(raw.isEnded());
            TestServer.until(() -> tls.failures(TlsFailure.VERSION) == 1);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void clientThatDoesNotTrustTheCertificate_isCounted(SslProvider provider) throws Exception {
        SSLContext stranger = TestCertificate.ec().client();
        try (var tls = new TlsServer(folder, provider)) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (SSLSocket socket = tls.socket(stranger, version)) {
                    assertThrows(SSLHandshakeException.class, socket::startHandshake);
                }
            }
            TestServer.until(() -> tls.failures(TlsFailure.ALERT) == 2);
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void brokenRecord_endsTheConnection_andIsNoFaultOfOurs(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider);
                var below = new Socket(
                        InetAddress.getLoopbackAddress(),
                        tls.server.http.address().getPort());
                var raw = new RawClient(tls.over(below, client))) {
            assertEquals("hello", raw.send(GET).read().text());
            below.getOutputStream().write(new byte[] {0x17, 3, 3, 0, 32, 1, 2, 3});
            below.getOutputStream().write(new byte[29]);
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void clientThatVanishesWithoutAGoodbye_isForgotten(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider)) {
            var below = new Socket(
                    InetAddress.getLoopbackAddress(), tls.server.http.address().getPort());
            try (var raw = new RawClient(tls.over(below, client))) {
                assertEquals("hello", raw.send(GET).read().text());
                below.close();
                TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void goodbyeOfTheClient_endsTheConnection(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider);
                var raw = tls.connect(client, "TLSv1.3")) {
            assertEquals("hello", raw.send(GET).read().text());
            raw.endSending();
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void close_endsRestingConnectionsAndUnfinishedHandshakes(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider);
                var resting = tls.connect(client);
                var silent = tls.server.connect();
                var halfway = tls.server.connect()) {
            assertEquals("hello", resting.send(GET).read().text());
            halfway.send(ClientHellos.tls13());
            TestServer.until(() -> tls.server.http.handshakesUnderWay() == 1);
            assertEquals(3, tls.server.http.connectionsOpen());
            tls.server.http.close(500).get(10, TimeUnit.SECONDS);
            assertTrue(resting.isEnded());
            assertTrue(silent.isEnded());
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0 && tls.server.http.handshakesUnderWay() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void upgrade_takesItsEngineAlong_whereThatIsBoringSsls(SslProvider provider) throws Exception {
        var kinds = new LinkedBlockingQueue<Class<?>>();
        try (var tls = new TlsServer(folder, provider)) {
            tls.server.router.upgrade(
                    "/ws",
                    upgrade -> upgrade.accept(Map.of(), departed -> {
                        kinds.add(departed.getClass());
                        EchoWire.start(departed);
                    }));
            try (var raw = tls.connect(client)) {
                String upgrade = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
                raw.send(GET + upgrade + "in the same record").send("in the next");
                assertEquals("hello", raw.read().text());
                assertEquals(101, raw.read().status());
                String echo = "in the same recordin the next";
                assertEquals(echo, new String(raw.readBytes(echo.length()), StandardCharsets.US_ASCII));
                raw.send("later");
                assertEquals("later", new String(raw.readBytes(5), StandardCharsets.US_ASCII));
            }
            boolean bare = provider != SslProvider.JDK && Epoll.isAvailable();
            assertEquals(bare ? Departed.BareTls.class : Departed.Channeled.class, kinds.take());
            TestServer.until(() -> tls.server.http.connectionsOpen() == 0);
        }
    }
}

package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.Network;
import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.config.TlsConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.ProxyFailure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that begin with a header of the PROXY protocol, or should, over real sockets. */
final class ProxyOpeningTest {
    private static final String WHO = "GET /whoami HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String LINE = "PROXY TCP4 192.0.2.7 198.51.100.2 56324 443\r\n";
    private static final byte[] BLOCK =
            HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000cc0000207c6336402dc0401bb");
    private static final TrustedProxies LOOPBACK = proxies("127.0.0.1", true);

    private static TrustedProxies proxies(String network, boolean speak) {
        return new TrustedProxies(List.of(Objects.requireNonNull(Network.parse(network))), speak);
    }

    private static TestServer start(TrustedProxies proxies, LimitsConfig limits, Transport transport)
            throws IOException {
        return new TestServer(limits, transport, new BodyWorkers(16), null, proxies);
    }

    private static TestServer start(TrustedProxies proxies) throws IOException {
        return start(proxies, LimitsConfig.DEFAULT, Transport.AUTO);
    }

    private static void untilRefused(TestServer server, ProxyFailure reason) throws InterruptedException {
        TestServer.until(() -> server.metrics.value(Count.PROXY_HEADERS_REFUSED, reason) == 1);
        TestServer.until(() -> server.http.connectionsOpen() == 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "NIO"})
    void header_saysTheClient_andWhatFollowsAtOnceIsRead(Transport transport) throws IOException {
        try (var server = start(LOOPBACK, LimitsConfig.DEFAULT, transport);
                var one = server.connect();
                var two = server.connect()) {
            assertEquals("192.0.2.7", one.send(LINE + WHO).read().text());
            assertEquals("192.0.2.7", one.send(WHO).read().text(), "of every request of the connection");
            two.send(BLOCK);
            assertEquals("192.0.2.7", two.send(WHO).read().text());
        }
    }

    @Test
    void header_thatComesByteAfterByte_isRead() throws IOException {
        try (var server = start(LOOPBACK);
                var client = server.connect()) {
            for (byte b : (LINE + WHO).getBytes(StandardCharsets.US_ASCII)) {
                client.send(new byte[] {b});
            }
            assertEquals("192.0.2.7", client.read().text());
        }
    }

    @Test
    void header_isOfWhomAProxyBeforeItMayKnowMore() throws IOException {
        try (var server = start(new TrustedProxies(
                        List.of(
                                Objects.requireNonNull(Network.parse("127.0.0.1")),
                                Objects.requireNonNull(Network.parse("192.0.2.0/24"))),
                        true));
                var client = server.connect()) {
            String forwarded = WHO.replace("Host", "X-Forwarded-For: 6.6.6.6, 203.0.113.5\r\nHost");
            assertEquals("203.0.113.5", client.send(LINE + forwarded).read().text());
        }
    }

    @Test
    void proxyThatSpeaksForItself_isItsOwnClient() throws IOException {
        try (var server = start(LOOPBACK);
                var line = server.connect();
                var block = server.connect()) {
            assertEquals(
                    "127.0.0.1", line.send("PROXY UNKNOWN\r\n" + WHO).read().text());
            block.send(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a20000000"));
            assertEquals("127.0.0.1", block.send(WHO).read().text());
        }
    }

    @Test
    void trustedProxy_withoutItsHeader_isClosed() throws Exception {
        try (var server = start(LOOPBACK);
                var client = server.connect()) {
            assertEquals(0, client.send(WHO).readToClose());
            untilRefused(server, ProxyFailure.MISSING);
        }
    }

    @Test
    void header_thatIsBrokenOrTooLarge_isClosedWithoutAWord() throws Exception {
        try (var server = start(LOOPBACK)) {
            try (var broken = server.connect()) {
                assertEquals(0, broken.send("PROXY TCP4 x y 1 2\r\n" + WHO).readToClose());
            }
            untilRefused(server, ProxyFailure.MALFORMED);
            try (var large = server.connect()) {
                assertEquals(0, large.send("PROXY UNKNOWN " + "x".repeat(5_000)).readToClose());
            }
            untilRefused(server, ProxyFailure.TOO_LARGE);
        }
    }

    @Test
    void header_thatIsSlow_isClosedAtTheTimeout_andSoIsSilence() throws Exception {
        try (var server = start(LOOPBACK, TestServer.times(300, 15_000, 75_000), Transport.AUTO);
                var slow = server.connect();
                var silent = server.connect()) {
            slow.send("PROXY TCP4 192.0.2.7");
            assertTrue(slow.isEnded());
            assertTrue(silent.isEnded());
            TestServer.until(() -> server.metrics.value(Count.PROXY_HEADERS_REFUSED, ProxyFailure.TIMEOUT) == 2);
            TestServer.until(() -> server.http.connectionsOpen() == 0);
        }
    }

    @Test
    void headerOfAProxyThatGoesAway_isCounted_andOneThatOnlyLookedIsNot() throws Exception {
        try (var server = start(LOOPBACK);
                var half = server.connect();
                var looking = server.connect()) {
            looking.endSending();
            assertTrue(looking.isEnded());
            half.send("PROXY TCP4").endSending();
            assertTrue(half.isEnded());
            untilRefused(server, ProxyFailure.GONE);
        }
    }

    @Test
    void headerOfAnybodyElse_isNotBelieved() throws IOException {
        try (var server = start(proxies("10.0.0.0/8", true));
                var plain = server.connect();
                var forging = server.connect()) {
            assertEquals("127.0.0.1", plain.send(WHO).read().text());
            assertEquals(400, forging.send(LINE + WHO).read().status());
        }
        try (var server = start(proxies("127.0.0.1", false));
                var forging = server.connect()) {
            assertEquals(400, forging.send(LINE + WHO).read().status(), "the protocol is not spoken");
        }
    }

    @Test
    void header_standsBeforeTls(@TempDir Path folder) throws Exception {
        SSLContext client = TestCertificate.ec().writeTo(folder).client();
        try (var contexts = TlsContexts.open(
                        TestCertificate.config(folder, TlsConfig.Version.TLS_1_2),
                        SslProvider.OPENSSL,
                        new Metrics(new SimpleMeterRegistry()),
                        InstantSource.system());
                var server =
                        new TestServer(LimitsConfig.DEFAULT, Transport.AUTO, new BodyWorkers(16), contexts, LOOPBACK)) {
            var below = new Socket(
                    server.http.address().getAddress(), server.http.address().getPort());
            below.getOutputStream().write(BLOCK);
            try (var secure =
                    new RawClient(client.getSocketFactory().createSocket(below, "127.0.0.1", below.getPort(), true))) {
                assertEquals("192.0.2.7", secure.send(WHO).read().text());
            }
        }
    }
}

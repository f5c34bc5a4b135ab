package dev.heliograph.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.config.TlsConfig;
import dev.heliograph.egress.Wire;
import dev.heliograph.http.Listener;
import dev.heliograph.http.TlsContexts;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.FrameLimits;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.message.CloseCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.epoll.Epoll;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Autobahn's cases against the gateway's codec. The long ones, category 9 and most of those about compression, need {@code -Dautobahn.all}. This Autobahn has no
 * cases about compression: {@code compression_cases.py} adds them.
 */
final class AutobahnTest {
    /** How many cases each category has, so that none gets lost. */
    private static final Map<String, Integer> CORE =
            Map.of("1", 16, "2", 11, "3", 7, "4", 10, "5", 20, "6", 145, "7", 37, "10", 1);

    private static final Map<String, Integer> LONG = Map.of("9", 54);

    /** Those about compression that the build runs: messages of 16 bytes to 64 KiB, whole and in fragments, and every offer. */
    private static final List<String> COMPRESSED = List.of(
            "12.1.1", "12.1.2", "12.1.3", "12.1.4", "12.1.5", "12.1.9", "12.1.11", "12.1.13", "12.4.1", "12.4.2",
            "12.4.3", "12.4.4", "12.4.5", "12.4.9", "12.4.11", "12.4.13", "13.1.3", "13.1.11", "13.2.3", "13.2.11",
            "13.3.3", "13.4.3", "13.4.11", "13.5.3", "13.6.3", "13.6.11", "13.7.3", "13.7.11");

    private static final Map<String, Integer> COMPRESSED_BY_CATEGORY = Map.of("12", 16, "13", 12);
    private static final Map<String, Integer> ALL_COMPRESSED = Map.of("12", 2 * 18, "13", 7 * 18);
    private static final int MESSAGES = 20;
    private static final int ALL_MESSAGES = 50;

    /** One of each way to end: nothing wrong, not a valid frame, not UTF-8, a code of the client's own. */
    private static final List<String> CLOSING = List.of("1.1.1", "3.1", "6.3.1", "7.7.2");

    private static final long TIMEOUT_MS = 300_000;
    private static final long LONG_TIMEOUT_MS = 3_600_000;
    private static final FrameLimits RAISED_LIMITS = new FrameLimits(1 << 25, 1 << 25, 1 << 17, LONG_TIMEOUT_MS);
    private static final int RAISED_OUTBOX_BYTES = 1 << 26;

    private final Map<String, EchoServer> servers = new TreeMap<>();
    private final Map<String, TlsFront> fronts = new TreeMap<>();
    private final List<TlsContexts> contexts = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    @AfterEach
    void closeServers() throws IOException {
        for (TlsFront front : fronts.values()) {
            front.close();
        }
        servers.values().forEach(EchoServer::close);
        contexts.forEach(TlsContexts::close);
    }

    @Test
    void coreCases_onEveryWire_endAsTheyMust() throws Exception {
        for (Transport transport : transports()) {
            serve(transport.name(), transport, UnaryOperator.identity());
            serveTls("TLS_" + transport.name(), transport);
        }
        judge(CORE, fuzz("core", patterns(CORE), TIMEOUT_MS));
    }

    @Test
    @Tag("long")
    void longCases_underRaisedLimits_endAsTheyMust() throws Exception {
        servers.put(
                "AUTO", new EchoServer(Transport.AUTO, RAISED_LIMITS, RAISED_OUTBOX_BYTES, UnaryOperator.identity()));
        judge(LONG, fuzz("long", patterns(LONG), LONG_TIMEOUT_MS));
    }

    @Test
    void compressedMessages_onEveryWire_comeBackAsTheyWere() throws Exception {
        for (Transport transport : transports()) {
            serve(transport.name(), transport, UnaryOperator.identity());
        }
        judge(COMPRESSED_BY_CATEGORY, fuzz("compressed", COMPRESSED, TIMEOUT_MS));
    }

    @Test
    @Tag("long")
    void allCompressedMessages_underRaisedLimits_comeBackAsTheyWere() throws Exception {
        servers.put(
                "AUTO", new EchoServer(Transport.AUTO, RAISED_LIMITS, RAISED_OUTBOX_BYTES, UnaryOperator.identity()));
        judge(ALL_COMPRESSED, fuzz("all-compressed", patterns(ALL_COMPRESSED), LONG_TIMEOUT_MS, ALL_MESSAGES));
    }

    /** These tests can fail. */
    @Test
    void faultyClose_isFoundInEveryCase() throws Exception {
        serve("wrong", Transport.AUTO, wire -> new FaultyWire(wire, AutobahnTest::withWrongCode));
        serve("twice", Transport.AUTO, wire -> new FaultyWire(wire, AutobahnTest::withSecondClose));
        Map<String, List<CaseReport>> ended = fuzz("faulty", CLOSING, TIMEOUT_MS);
        assertEquals(CLOSING, casesWithFault(ended, "wrong", "close code"));
        assertEquals(CLOSING, casesWithFault(ended, "twice", "Close frames 2"));
    }

    private static List<Transport> transports() {
        return Epoll.isAvailable() ? List.of(Transport.EPOLL, Transport.NIO) : List.of(Transport.NIO);
    }

    /** Under the gateway's own limits. */
    private void serve(String name, Transport transport, UnaryOperator<Wire> fault) throws IOException {
        LimitsConfig d = LimitsConfig.DEFAULT;
        var limits = new FrameLimits(d.frameBytesMax(), d.messageBytesMax(), d.fragmentsMax(), d.messageTimeoutMs());
        servers.put(name, new EchoServer(transport, limits, d.outboxBytesMax(), fault));
    }

    /** Behind a {@link TlsFront}, as the fuzzing client has no TLS. */
    private void serveTls(String name, Transport transport) throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
        Path chain = Files.writeString(folder.resolve(name + ".crt"), certificate.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve(name + ".key"), certificate.getPrivateKeyPEM());
        var tls = TlsContexts.open(
                new TlsConfig(chain, key, null, TlsConfig.Version.TLS_1_2),
                new Metrics(new SimpleMeterRegistry()),
                InstantSource.system());
        contexts.add(tls);
        LimitsConfig d = LimitsConfig.DEFAULT;
        var limits = new FrameLimits(d.frameBytesMax(), d.messageBytesMax(), d.fragmentsMax(), d.messageTimeoutMs());
        var echo = new EchoServer(
                new Listener("echo", "127.0.0.1", 0, tls),
                transport,
                limits,
                d.outboxBytesMax(),
                UnaryOperator.identity());
        servers.put(name, echo);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {certificate.toTrustManager()}, null);
        fronts.put(name, new TlsFront(echo.address(), trusting));
    }

    private Map<String, List<CaseReport>> fuzz(String name, List<String> cases, long timeoutMs) throws Exception {
        return fuzz(name, cases, timeoutMs, MESSAGES);
    }

    private Map<String, List<CaseReport>> fuzz(String name, List<String> cases, long timeoutMs, int messages)
            throws Exception {
        var urls = new TreeMap<String, String>();
        servers.forEach((server, echo) -> urls.put(server, echo.url()));
        fronts.forEach((server, front) -> urls.put(server, front.url()));
        return new FuzzingClient(Path.of("target", "autobahn", name).toAbsolutePath(), timeoutMs)
                .run(urls, cases, messages);
    }

    private static List<String> patterns(Map<String, Integer> categories) {
        return categories.keySet().stream().map(category -> category + ".*").toList();
    }

    private void judge(Map<String, Integer> categories, Map<String, List<CaseReport>> ended) {
        assertEquals(servers.keySet(), ended.keySet());
        ended.forEach((server, cases) -> {
            var faults = new ArrayList<String>();
            cases.forEach(report ->
                    Expectation.of(report).faults(report).forEach(fault -> faults.add(report.id() + ": " + fault)));
            assertEquals(List.of(), faults, server);
            assertEquals(categories, byCategory(cases), server + ", cases by category");
            System.out.println("Autobahn, " + server + ": " + byReason(cases));
        });
    }

    private static Map<String, Integer> byCategory(List<CaseReport> cases) {
        return cases.stream().collect(Collectors.toMap(CaseReport::category, _ -> 1, Integer::sum));
    }

    private static Map<String, Integer> byReason(List<CaseReport> cases) {
        return cases.stream()
                .map(report -> Expectation.of(report).why())
                .collect(Collectors.toMap(why -> why.isEmpty() ? "OK" : why, _ -> 1, Integer::sum, TreeMap::new));
    }

    private static List<String> casesWithFault(Map<String, List<CaseReport>> ended, String server, String fault) {
        return Objects.requireNonNull(ended.get(server)).stream()
                .filter(report -> Expectation.of(report).faults(report).stream().anyMatch(f -> f.startsWith(fault)))
                .map(CaseReport::id)
                .toList();
    }

    private static byte[] withWrongCode(byte[] close) {
        close[3]++;
        return close;
    }

    private static byte[] withSecondClose(byte[] close) {
        byte[] second = Frames.close(CloseCode.NORMAL, "");
        byte[] both = Arrays.copyOf(close, close.length + second.length);
        System.arraycopy(second, 0, both, close.length, second.length);
        return both;
    }
}

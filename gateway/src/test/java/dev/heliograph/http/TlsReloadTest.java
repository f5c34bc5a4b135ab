package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.TlsHandshakeKind;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates and ticket keys that change under a running server. */
@Tag("slow")
final class TlsReloadTest {
    private static final String GET = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    private final LeakWatch watch = new LeakWatch();

    @TempDir
    private Path folder;

    private TestCertificate first;
    private final TestCertificate second = TestCertificate.rsa();

    @BeforeEach
    void makeCertificate() throws IOException {
        first = TestCertificate.ec().writeTo(folder);
    }

    @AfterEach
    void nothingLeaked() throws Exception {
        assertEquals(List.of(), watch.leaks());
        watch.close();
    }

    private static void assertServes(TlsServer tls, TestCertificate expected) throws IOException {
        try (SSLSocket socket = tls.socket(expected.client());
                var raw = new RawClient(socket)) {
            assertEquals("hello", raw.send(GET).read().text());
            assertEquals(expected.certificate(), socket.getSession().getPeerCertificates()[0]);
        }
    }

    private void assertReloads(TlsServer tls, int good, int bad) {
        assertEquals(good, tls.reloads.value(Count.TLS_RELOADS));
        assertEquals(bad, tls.reloads.value(Count.TLS_RELOADS_FAILED));
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void changedFiles_serveNewConnections_andLeaveOldOnesAlone(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider);
                var old = tls.connect(first.client())) {
            assertEquals("hello", old.send(GET).read().text());
            second.writeTo(folder);
            tls.contexts.onTick();
            assertServes(tls, first);
            tls.contexts.onTick();
            assertServes(tls, second);
            assertEquals("hello", old.send(GET).read().text());
            tls.tickTwice();
            assertReloads(tls, 1, 0);
            first.writeTo(folder);
            tls.tickTwice();
            assertServes(tls, first);
            assertEquals("hello", old.send(GET).read().text());
            assertReloads(tls, 2, 0);
            assertEquals(List.of(), watch.failures());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void pairThatIsHalfWritten_isNotTouched_whateverTheMoment(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider)) {
            String chain = second.chainPem() + second.authorityPem();
            int cut = second.chainPem().length() + 30;
            Files.writeString(folder.resolve("tls.crt"), chain.substring(0, cut));
            tls.contexts.onTick();
            Files.writeString(folder.resolve("tls.crt"), chain);
            tls.contexts.onTick();
            Files.writeString(folder.resolve("tls.key"), second.keyPem());
            tls.contexts.onTick();
            assertServes(tls, first);
            assertReloads(tls, 0, 0);
            tls.contexts.onTick();
            assertServes(tls, second);
            assertReloads(tls, 1, 0);
            assertEquals(List.of(), watch.failures());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void pairThatCannotBeUsed_isReportedOnce_andTheOldOneStays(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider)) {
            Files.writeString(folder.resolve("tls.key"), second.keyPem());
            for (int i = 0; i < 5; i++) {
                tls.tickTwice();
            }
            assertServes(tls, first);
            assertReloads(tls, 0, 1);
            Files.delete(folder.resolve("tls.crt"));
            tls.tickTwice();
            assertServes(tls, first);
            assertReloads(tls, 0, 2);
            second.writeTo(folder);
            tls.tickTwice();
            assertServes(tls, second);
            assertReloads(tls, 1, 2);
            List<String> logged = watch.failures();
            assertEquals(2, logged.size(), logged::toString);
            assertTrue(logged.get(0).contains("server.tls.keyFile: does not belong to"), logged::toString);
            assertTrue(
                    logged.get(1).matches(".*server.tls.certificateFile: the file .* does not exist"),
                    logged::toString);
        }
    }

    /** As Kubernetes does it: the files are links into a folder that is itself a link, which is replaced. */
    @Test
    void folderThatIsSwappedBelowItsLinks_isSeen() throws Exception {
        Path mounted = Files.createDirectory(folder.resolve("mounted"));
        first.writeTo(Files.createDirectory(mounted.resolve("..2026_1")));
        second.writeTo(Files.createDirectory(mounted.resolve("..2026_2")));
        Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..2026_1"));
        Files.createSymbolicLink(mounted.resolve("tls.crt"), Path.of("..data/tls.crt"));
        Files.createSymbolicLink(mounted.resolve("tls.key"), Path.of("..data/tls.key"));
        SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
        try (var tls = new TlsServer(mounted, provider)) {
            assertServes(tls, first);
            Files.createSymbolicLink(mounted.resolve("..tmp"), Path.of("..2026_2"));
            Files.move(
                    mounted.resolve("..tmp"),
                    mounted.resolve("..data"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            tls.tickTwice();
            assertServes(tls, second);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.heliograph.http.TlsListenerTest#providers")
    void reloadsUnderTraffic_failNoHandshake(SslProvider provider) throws Exception {
        try (var tls = new TlsServer(folder, provider)) {
            var failed = new AtomicBoolean();
            Thread traffic = Thread.ofPlatform().start(() -> {
                SSLContext trusting = first.client();
                for (int i = 0; i < 60 && !failed.get(); i++) {
                    try (var raw = tls.connect(trusting)) {
                        assertEquals("hello", raw.send(GET).read().text());
                    } catch (IOException | AssertionError e) {
                        failed.set(true);
                    }
                }
            });
            int reloads = 0;
            while (traffic.isAlive()) {
                String chain = first.chainPem() + (reloads % 2 == 0 ? first.authorityPem() : "");
                Files.writeString(folder.resolve("tls.crt"), chain);
                tls.tickTwice();
                reloads++;
                Thread.sleep(1);
            }
            assertTrue(!failed.get(), "a handshake failed");
            assertReloads(tls, reloads, 0);
            assertEquals(0, tls.failures());
        }
    }

    @Test
    void tickets_outliveAReloadAndOneRenewalOfTheirKey_butNotTwo() throws Exception {
        if (!OpenSsl.isAvailable()) {
            return; // the JDK's TLS keeps its own keys
        }
        SSLContext remembering = first.client();
        try (var tls = new TlsServer(folder, SslProvider.OPENSSL_REFCNT)) {
            visit(tls, remembering);
            assertEquals(1, tls.handshakes(TlsHandshakeKind.FULL));
            Files.writeString(folder.resolve("tls.crt"), first.chainPem() + first.authorityPem());
            tls.tickTwice();
            assertReloads(tls, 1, 0);
            visit(tls, remembering);
            assertEquals(1, tls.handshakes(TlsHandshakeKind.RESUMED), "after a reload");
            tls.advance(TlsTickets.KEY_LIFE);
            tls.contexts.onTick();
            visit(tls, remembering);
            assertEquals(2, tls.handshakes(TlsHandshakeKind.RESUMED), "by the key of before");
            visit(tls, remembering);
            assertEquals(3, tls.handshakes(TlsHandshakeKind.RESUMED), "by the new key");
            for (int i = 0; i < 2; i++) {
                tls.advance(TlsTickets.KEY_LIFE);
                tls.contexts.onTick();
            }
            visit(tls, remembering);
            assertEquals(2, tls.handshakes(TlsHandshakeKind.FULL), "its key is gone");
        }
    }

    private static void visit(TlsServer tls, SSLContext client) throws IOException {
        try (var raw = tls.connect(client, "TLSv1.3")) {
            assertEquals("hello", raw.send(GET).read().text());
        }
    }

    @Test
    void expiredCertificate_isServedAndItsAgeIsMeasured() throws Exception {
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));
        TestCertificate expired =
                TestCertificate.of(Algorithm.ecp256, yesterday).writeTo(folder);
        try (var tls = new TlsServer(folder, SslProvider.JDK)) {
            double days = tls.contexts.expirySeconds() / 86_400;
            assertTrue(days > -1.1 && days < -0.9, "days: " + days);
            assertServes(tls, expired);
            first.writeTo(folder);
            tls.tickTwice();
            days = tls.contexts.expirySeconds() / 86_400;
            assertTrue(days > 89 && days < 91, "days: " + days);
        }
    }
}

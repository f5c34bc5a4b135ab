package dev.heliograph.http;

import dev.heliograph.config.TlsConfig;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** A certificate for this machine, issued by an authority of its own, and its key. */
public final class TestCertificate {
    private static final Duration LIFE = Duration.ofDays(90);

    private final X509Bundle bundle;

    private TestCertificate(X509Bundle bundle) {
        this.bundle = bundle;
    }

    public static TestCertificate ec() {
        return of(Algorithm.ecp256, Instant.now().plus(LIFE));
    }

    public static TestCertificate rsa() {
        return of(Algorithm.rsa2048, Instant.now().plus(LIFE));
    }

    public static TestCertificate of(Algorithm algorithm, Instant notAfter) {
        try {
            Instant notBefore = notAfter.minus(LIFE).minus(LIFE);
            X509Bundle authority = new CertificateBuilder()
                    .algorithm(algorithm)
                    .subject("CN=Test authority")
                    .setIsCertificateAuthority(true)
                    .notBefore(notBefore)
                    .notAfter(notAfter.plus(LIFE))
                    .buildSelfSigned();
            return new TestCertificate(new CertificateBuilder()
                    .algorithm(algorithm)
                    .subject("CN=gateway.test")
                    .addSanDnsName("localhost")
                    .addSanIpAddress("127.0.0.1")
                    .notBefore(notBefore)
                    .notAfter(notAfter)
                    .buildIssuedBy(authority));
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
    }

    public String chainPem() {
        return bundle.getCertificatePathPEM();
    }

    public String authorityPem() {
        return bundle.getRootCertificatePEM();
    }

    public String keyPem() {
        return bundle.getPrivateKeyPEM();
    }

    X509Certificate certificate() {
        return bundle.getCertificate();
    }

    /** Writes {@code tls.crt} and {@code tls.key}. */
    public TestCertificate writeTo(Path folder) throws IOException {
        Files.writeString(folder.resolve("tls.crt"), chainPem());
        Files.writeString(folder.resolve("tls.key"), keyPem());
        return this;
    }

    /** Of what {@link #writeTo} has written there. */
    static TlsConfig config(Path folder, TlsConfig.Version minVersion) {
        return new TlsConfig(folder.resolve("tls.crt"), folder.resolve("tls.key"), null, minVersion);
    }

    /** A client that trusts this certificate's authority, and remembers its sessions. */
    public SSLContext client() {
        try {
            SSLContext client = SSLContext.getInstance("TLS");
            client.init(null, new TrustManager[] {bundle.toTrustManager()}, null);
            return client;
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }
}

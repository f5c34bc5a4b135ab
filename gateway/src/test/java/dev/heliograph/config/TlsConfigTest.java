package dev.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.http.TestCertificate;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands below {@code server.tls}. */
final class TlsConfigTest {
    private static final String REST = """
            admin:
              token: 0123456789abcdef
            workspaces:
              acme:
                keys:
                  - {kid: k1, algorithm: HS256, secret: 0123456789abcdef0123456789abcdef}
            """;
    private static final String PAIR = "server: {tls: {certificateFile: tls.crt, keyFile: tls.key}}\n";

    /** A key of this test alone, encrypted by {@code openssl pkcs8 -topk8 -v2 aes-256-cbc}, and the certificate to it. */
    private static final String ENCRYPTED = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhedxbT4JjnZgICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEG5vXFFnbdwTDV21jhAICZQEgZD4
            HTRtJnNu78DvKbdC0R16ndUkhhKlGiRh8lV2lPuA3iKSW7pyidij3x71gLbZH0ks
            4e31MjbHc8zEG9J/gZlgMRG//Ad3eocI0xlAczWOhE6NpZ1LEY5pggb4BxHxLlV4
            /9sP2RqgpNI41vAbu8SbjuTBGM2YkzSdKkqxlnpTOXgpi9su6JrRzQKqFkfK2+w=
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    private static final String ITS_CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBezCCASGgAwIBAgIULaH1557nkdtBxShGZc1nN0lADXQwCgYIKoZIzj0EAwIw
            EjEQMA4GA1UEAwwHZml4dHVyZTAgFw0yNjExMjEwNTQyNDhaGA8yMTI2MTAyODA1
            NDI0OFowEjEQMA4GA1UEAwwHZml4dHVyZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
            A0IABL5APhg0HhYT4Ugcvdz6FE7FzeIvbq/tm+CrZJ2lalxNseCFppjb297kNAZw
            Fw5TEu4FxdTisJwnMefpo2X8Zk2jUzBRMB0GA1UdDgQWBBQaiAXqED4VJR5iWByw
            FU8TxRzsmjAfBgNVHSMEGDAWgBQaiAXqED4VJR5iWBywFU8TxRzsmjAPBgNVHRMB
            Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCW2gXPl0AuvujCUPabAe7t3a06
            XbrHGPZKsQXbmZ8j7QIgdu13UOwPFMTId7oH8JVpGXy6b3rNg5kiMJ7wbFdR+DA=
            -----END CERTIFICATE-----
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    private Config load(String server, Map<String, String> environment) throws ConfigException {
        return ConfigLoader.parse(server + REST, folder, environment).config();
    }

    private String errors(String server) {
        try {
            load(server, Map.of());
            return "";
        } catch (ConfigException refused) {
            return String.valueOf(refused.getMessage()).replace(folder.toString(), "DIR");
        }
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    void nothingSet_meansPlainHttp() throws Exception {
        assertNull(load("", Map.of()).server().tls());
        assertNull(load("server: {tls: {}}\n", Map.of()).server().tls());
    }

    @Test
    void pair_isFoundBesideTheConfiguration_andHasDefaults() throws Exception {
        TestCertificate.ec().writeTo(folder);
        TlsConfig tls = Objects.requireNonNull(load(PAIR, Map.of()).server().tls());
        assertEquals(folder.resolve("tls.crt"), tls.certificateFile());
        assertEquals(folder.resolve("tls.key"), tls.keyFile());
        assertEquals(TlsConfig.Version.TLS_1_2, tls.minVersion());
        assertNull(tls.keyPassword());
        assertEquals("CN=gateway.test", TlsIdentity.read(tls).toString());
    }

    @Test
    void environment_setsAllOfIt() throws Exception {
        TestCertificate.rsa().writeTo(folder);
        var environment = new HashMap<String, String>();
        environment.put("HELIOGRAPH_SERVER_TLS_CERTIFICATE_FILE", "tls.crt");
        environment.put(
                "HELIOGRAPH_SERVER_TLS_KEY_FILE", folder.resolve("tls.key").toString());
        environment.put("HELIOGRAPH_SERVER_TLS_MIN_VERSION", "1.3");
        TlsConfig tls = Objects.requireNonNull(load("", environment).server().tls());
        assertEquals(TlsConfig.Version.TLS_1_3, tls.minVersion());
    }

    @Test
    void halfAPair_isAnError() throws Exception {
        TestCertificate.ec().writeTo(folder);
        assertEquals(
                "server.tls.keyFile: is missing; expected the path of a file in PEM, as the other of the pair is set",
                errors("server: {tls: {certificateFile: tls.crt}}\n"));
        assertEquals(
                "server.tls.certificateFile: is missing; expected the path of a file in PEM, as the other of the pair is set",
                errors("server: {tls: {keyFile: tls.key}}\n"));
        assertEquals(
                "server.tls: has no certificate; expected certificateFile and keyFile, in PEM (line 1)",
                errors("server: {tls: {minVersion: 1.3}}\n"));
    }

    @Test
    void versionsThatAreNoMoreSafe_areRefused() throws Exception {
        TestCertificate.ec().writeTo(folder);
        assertEquals(
                "server.tls.minVersion: '1.1' is not allowed; expected one of 1.2, 1.3 (line 1)",
                errors(PAIR.replace("}}", ", minVersion: 1.1}}")));
    }

    @Test
    void filesThatCannotBeRead_areNamed() throws Exception {
        assertEquals("server.tls.certificateFile: the file DIR/tls.crt does not exist (line 1)", errors(PAIR));
        TestCertificate.ec().writeTo(folder);
        Files.delete(folder.resolve("tls.key"));
        assertEquals("server.tls.keyFile: the file DIR/tls.key does not exist (line 1)", errors(PAIR));
        write("tls.key", "x".repeat(70_000));
        assertEquals("server.tls.keyFile: the file DIR/tls.key is larger than 64 KiB (line 1)", errors(PAIR));
        Files.write(folder.resolve("tls.key"), new byte[] {(byte) 0xFF, (byte) 0xFE});
        assertEquals("server.tls.keyFile: the file DIR/tls.key is not UTF-8 text (line 1)", errors(PAIR));
    }

    @Test
    void filesThatHoldSomethingElse_areSaidToDoSo() throws Exception {
        TestCertificate good = TestCertificate.ec().writeTo(folder);
        write("tls.crt", "not a certificate");
        assertEquals(
                "server.tls.certificateFile: the file DIR/tls.crt holds no certificate in PEM; expected"
                        + " -----BEGIN CERTIFICATE----- (line 1)",
                errors(PAIR));
        write("tls.crt", good.chainPem() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertEquals(
                "server.tls.certificateFile: the file DIR/tls.crt is broken: certificate 2 is no X.509 certificate (line 1)",
                errors(PAIR));
        write("tls.crt", good.chainPem());
        write("tls.key", good.chainPem());
        assertEquals(
                "server.tls.keyFile: the file DIR/tls.key holds no private key in PEM but a CERTIFICATE; expected"
                        + " -----BEGIN PRIVATE KEY----- (line 1)",
                errors(PAIR));
        write("tls.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertEquals(
                "server.tls.keyFile: the file DIR/tls.key holds no private key of kind EC or RSA (line 1)",
                errors(PAIR));
        write("tls.key", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        assertEquals(
                "server.tls.keyFile: the file DIR/tls.key holds a EC PRIVATE KEY; expected PKCS#8: openssl pkcs8 -topk8"
                        + " -nocrypt -in OLD -out NEW (line 1)",
                errors(PAIR));
    }

    @Test
    void keyOfAnotherCertificate_isRefused() throws Exception {
        TestCertificate.ec().writeTo(folder);
        for (TestCertificate other : new TestCertificate[] {TestCertificate.ec(), TestCertificate.rsa()}) {
            write("tls.key", other.keyPem());
            assertEquals(
                    "server.tls.keyFile: does not belong to the first certificate of server.tls.certificateFile (line 1)",
                    errors(PAIR));
        }
    }

    @Test
    void chainInTheWrongOrder_isRefused() throws Exception {
        TestCertificate good = TestCertificate.ec().writeTo(folder);
        write("tls.crt", good.authorityPem() + good.chainPem());
        assertEquals(
                "server.tls.certificateFile: has the certificate of the key as number 2; expected it first, then its issuers"
                        + " (line 1)",
                errors(PAIR));
    }

    @Test
    void keysThatAreTooWeakOrOfAnotherKind_areRefused() throws Exception {
        TestCertificate edwards =
                TestCertificate.of(Algorithm.ed25519, Instant.now().plus(Duration.ofDays(1)));
        edwards.writeTo(folder);
        write(
                "tls.key",
                pem(KeyPairGenerator.getInstance("EC")
                        .generateKeyPair()
                        .getPrivate()
                        .getEncoded()));
        assertEquals(
                "server.tls.certificateFile: is for a key of kind EdDSA; expected EC or RSA (line 1)", errors(PAIR));
    }

    private static String pem(byte[] der) {
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END PRIVATE KEY-----\n";
    }

    @Test
    void encryptedKey_isOpenedByItsPassword_andItsLackIsNamed() throws Exception {
        write("tls.crt", ITS_CERTIFICATE);
        write("tls.key", ENCRYPTED);
        assertEquals(
                "server.tls.keyPassword: is missing; expected the password of the file DIR/tls.key, which is encrypted",
                errors(PAIR));
        assertEquals(
                "server.tls.keyPassword: does not open the file DIR/tls.key (line 1)",
                errors(PAIR.replace("}}", ", keyPassword: wrong}}")));
        write("password", "open-sesame\n");
        TlsConfig tls = Objects.requireNonNull(load(PAIR.replace("}}", ", keyPasswordFile: password}}"), Map.of())
                .server()
                .tls());
        assertEquals("CN=fixture", TlsIdentity.read(tls).subject());
        assertFalse(tls.toString().contains("sesame"), tls::toString);
    }

    @Test
    void textAroundTheBlocks_asToolsWriteIt_isIgnored() throws Exception {
        TestCertificate good = TestCertificate.ec().writeTo(folder);
        write("tls.crt", "Bag Attributes\n    friendlyName: x\n" + good.chainPem());
        write("tls.key", "# key\r\n" + good.keyPem().replace("\n", "\r\n"));
        assertEquals("", errors(PAIR));
    }

    @Test
    void lifetime_isThatOfTheShortestInTheChain() throws GeneralSecurityException, TlsIdentityException {
        TestCertificate good = TestCertificate.ec();
        var config = new TlsConfig(Path.of("c"), Path.of("k"), null, TlsConfig.Version.TLS_1_2);
        TlsIdentity identity = TlsIdentity.of(good.chainPem() + good.authorityPem(), good.keyPem(), config);
        assertEquals(2, identity.chain().size());
        assertEquals(identity.chain().get(0).getNotAfter().toInstant(), identity.expires());
        assertTrue(identity.expires()
                .isBefore(identity.chain().get(1).getNotAfter().toInstant()));
    }
}

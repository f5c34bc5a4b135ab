package dev.heliograph.config;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.List;

/**
 * Who the gateway is to TLS clients: a private key and the certificates that vouch for it.
 *
 * @param chain the server's own certificate first; not empty
 */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
    private static final int RSA_BITS_MIN = 2_048;
    private static final byte[] PROBE = {'p', 'r', 'o', 'b', 'e'};

    public TlsIdentity {
        chain = List.copyOf(chain);
    }

    /**
     * Reads the files as they are now.
     *
     * @throws TlsIdentityException if they cannot be read, hold something else, or do not belong together
     */
    public static TlsIdentity read(TlsConfig config) throws TlsIdentityException {
        String chainPem = text(config.certificateFile(), "certificateFile");
        String keyPem = text(config.keyFile(), "keyFile");
        return of(chainPem, keyPem, config);
    }

    /** @param config for the key's password, and for the names of the files in errors */
    public static TlsIdentity of(String chainPem, String keyPem, TlsConfig config) throws TlsIdentityException {
        List<X509Certificate> chain = TlsPem.certificates(chainPem, "the file " + config.certificateFile());
        PrivateKey key = TlsPem.privateKey(keyPem, "the file " + config.keyFile(), config.keyPassword());
        checkKind(chain.getFirst().getPublicKey());
        checkPair(chain, key);
        return new TlsIdentity(chain, key);
    }

    /** @throws TlsIdentityException naming the setting, if the file cannot be read */
    public static String text(Path file, String key) throws TlsIdentityException {
        try {
            return TextFile.read(file);
        } catch (TextFile.Unreadable unreadable) {
            throw new TlsIdentityException(key, String.valueOf(unreadable.getMessage()));
        }
    }

    private static void checkKind(PublicKey key) throws TlsIdentityException {
        if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
            throw new TlsIdentityException(
                    "certificateFile",
                    "is for an RSA key of " + rsa.getModulus().bitLength() + " bits; expected at least "
                            + RSA_BITS_MIN);
        }
        if (!(key instanceof RSAKey) && !(key instanceof ECKey)) {
            throw new TlsIdentityException(
                    "certificateFile", "is for a key of kind " + key.getAlgorithm() + "; expected EC or RSA");
        }
    }

    private static void checkPair(List<X509Certificate> chain, PrivateKey key) throws TlsIdentityException {
        if (belongs(chain.getFirst(), key)) {
            return;
        }
        for (int i = 1; i < chain.size(); i++) {
            if (belongs(chain.get(i), key)) {
                throw new TlsIdentityException(
                        "certificateFile",
                        "has the certificate of the key as number " + (i + 1)
                                + "; expected it first, then its issuers");
            }
        }
        throw new TlsIdentityException(
                "keyFile", "does not belong to the first certificate of server.tls.certificateFile");
    }

    private static boolean belongs(X509Certificate certificate, PrivateKey key) {
        PublicKey ours = certificate.getPublicKey();
        if (!ours.getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(ours instanceof RSAKey ? "SHA256withRSA" : "SHA256withECDSA");
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(ours);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException other) {
            return false;
        }
    }

    /** When the first of its certificates ends. */
    public Instant expires() {
        return chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** When the last of its certificates begins. */
    public Instant begins() {
        return chain.stream()
                .map(certificate -> certificate.getNotBefore().toInstant())
                .max(Instant::compareTo)
                .orElseThrow();
    }

    /** As the server's own certificate has it. */
    public String subject() {
        return chain.getFirst().getSubjectX500Principal().getName();
    }

    /** Its certificate's subject; the key must not be seen. */
    @Override
    public String toString() {
        return subject();
    }
}

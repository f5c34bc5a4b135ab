package dev.heliograph.config;

import java.io.ByteArrayInputStream;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads certificates (RFC 7468 §5) and PKCS#8 private keys (§10, §11) in PEM. Text around the blocks is ignored, as tools write some there. */
final class TlsPem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PLAIN = "PRIVATE KEY";
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
    /** RFC 8018 §6.2: its algorithm is among its parameters. */
    private static final String PBES2 = "1.2.840.113549.1.5.13";

    private TlsPem() {}

    /** @param what names the text in errors */
    static List<X509Certificate> certificates(String pem, String what) throws TlsIdentityException {
        var chain = new ArrayList<X509Certificate>();
        Matcher block = BLOCK.matcher(pem);
        while (block.find()) {
            if (block.group(1).equals(CERTIFICATE)) {
                chain.add(certificate(block.group(2), what, chain.size() + 1));
            }
        }
        if (chain.isEmpty()) {
            throw new TlsIdentityException(
                    "certificateFile", what + " holds no certificate in PEM; expected -----BEGIN CERTIFICATE-----");
        }
        return chain;
    }

    private static X509Certificate certificate(String base64, String what, int number) throws TlsIdentityException {
        try {
            byte[] der = Base64.getMimeDecoder().decode(base64);
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException | IllegalArgumentException broken) {
            throw new TlsIdentityException(
                    "certificateFile", what + " is broken: certificate " + number + " is no X.509 certificate");
        }
    }

    /**
     * @param what names the text in errors
     * @param password of an encrypted key
     */
    static PrivateKey privateKey(String pem, String what, @Nullable Secret password) throws TlsIdentityException {
        Matcher block = BLOCK.matcher(pem);
        String others = "";
        while (block.find()) {
            String label = block.group(1);
            if (label.equals(PLAIN)) {
                return decode(spec(block.group(2), what), what);
            }
            if (label.equals(ENCRYPTED)) {
                return decode(decrypt(block.group(2), what, password), what);
            }
            if (label.endsWith(PLAIN)) {
                throw new TlsIdentityException(
                        "keyFile",
                        what + " holds a " + label
                                + "; expected PKCS#8: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
            }
            others = " but a " + label;
        }
        throw new TlsIdentityException(
                "keyFile", what + " holds no private key in PEM" + others + "; expected -----BEGIN PRIVATE KEY-----");
    }

    private static PKCS8EncodedKeySpec spec(String base64, String what) throws TlsIdentityException {
        return new PKCS8EncodedKeySpec(der(base64, what));
    }

    private static byte[] der(String base64, String what) throws TlsIdentityException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException broken) {
            throw new TlsIdentityException("keyFile", what + " is broken: what stands in the block is no base64");
        }
    }

    private static PKCS8EncodedKeySpec decrypt(String base64, String what, @Nullable Secret password)
            throws TlsIdentityException {
        if (password == null) {
            throw new TlsIdentityException(
                    "keyPassword", "is missing; expected the password of " + what + ", which is encrypted");
        }
        byte[] der = der(base64, what);
        var chars = new PBEKeySpec(password.reveal().toCharArray());
        try {
            var info = new EncryptedPrivateKeyInfo(der);
            AlgorithmParameters parameters = info.getAlgParameters();
            String name = info.getAlgName();
            String algorithm =
                    parameters != null && (name.equals("PBES2") || name.equals(PBES2)) ? parameters.toString() : name;
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE, SecretKeyFactory.getInstance(algorithm).generateSecret(chars), parameters);
            return info.getKeySpec(cipher);
        } catch (InvalidKeySpecException wrong) {
            throw new TlsIdentityException("keyPassword", "does not open " + what);
        } catch (GeneralSecurityException | java.io.IOException unknown) {
            throw new TlsIdentityException(
                    "keyFile", what + " is encrypted in a way that is not known; expected PBES2 with AES");
        } finally {
            chars.clearPassword();
        }
    }

    private static PrivateKey decode(PKCS8EncodedKeySpec spec, String what) throws TlsIdentityException {
        for (String family : List.of("EC", "RSA")) {
            try {
                return KeyFactory.getInstance(family).generatePrivate(spec);
            } catch (GeneralSecurityException other) {
                // tried as the next kind
            }
        }
        throw new TlsIdentityException("keyFile", what + " holds no private key of kind EC or RSA");
    }
}

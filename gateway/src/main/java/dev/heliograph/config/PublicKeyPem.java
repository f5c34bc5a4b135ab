package dev.heliograph.config;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads public keys in PEM ({@code BEGIN PUBLIC KEY}, RFC 7468 §13) and holds them against the algorithm they shall verify. */
public final class PublicKeyPem {
    private static final int RSA_BITS_MIN = 2_048;
    private static final Map<String, Integer> CURVE_BITS = Map.of("ES256", 256, "ES384", 384, "ES512", 521);
    private static final Pattern PEM =
            Pattern.compile("\\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----\\s*");

    private PublicKeyPem() {}

    /** @throws IllegalArgumentException whose message says what is wrong with the key and shows nothing of it */
    public static PublicKey parse(String pem, String algorithm) {
        Matcher block = PEM.matcher(pem);
        if (!block.matches()) {
            throw new IllegalArgumentException(
                    pem.contains("PRIVATE KEY")
                            ? "is a private key; expected the public one (openssl pkey -pubout)"
                            : "is no PEM; expected -----BEGIN PUBLIC KEY----- and one key");
        }
        PublicKey key = decode(block.group(1), family(algorithm));
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
            throw new IllegalArgumentException(
                    "has " + rsa.getModulus().bitLength() + " bits; expected at least " + RSA_BITS_MIN);
        }
        if (key instanceof ECPublicKey ec && curveBits(ec) != CURVE_BITS.getOrDefault(algorithm, 0)) {
            throw new IllegalArgumentException("is on a curve of " + curveBits(ec) + " bits; " + algorithm + " needs "
                    + CURVE_BITS.getOrDefault(algorithm, 0));
        }
        return key;
    }

    private static String family(String algorithm) {
        return switch (algorithm.substring(0, 2)) {
            case "RS", "PS" -> "RSA";
            case "ES" -> "EC";
            default -> "Ed25519";
        };
    }

    private static PublicKey decode(String base64, String family) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(base64);
            return KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw new IllegalArgumentException("is no " + family + " public key", unusable);
        }
    }

    private static int curveBits(ECPublicKey key) {
        return key.getParams().getCurve().getField().getFieldSize();
    }
}

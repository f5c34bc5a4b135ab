package dev.heliograph.auth;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.MacAlgorithm;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Collection;
import java.util.List;

/** Signature algorithms by their JWA names, and which of them a public key can be used with. */
final class Algorithms {
    private static final int RSA_BITS_MIN = 2_048;

    private Algorithms() {}

    static SecureDigestAlgorithm<?, ?> named(String name) {
        SecureDigestAlgorithm<?, ?> algorithm = Jwts.SIG.get().get(name);
        if (algorithm == null || algorithm.equals(Jwts.SIG.NONE)) {
            throw new IllegalArgumentException("no signature algorithm is named " + name);
        }
        return algorithm;
    }

    static MacAlgorithm mac(String name) {
        if (named(name) instanceof MacAlgorithm mac) {
            return mac;
        }
        throw new IllegalArgumentException(name + " does not use a shared secret");
    }

    /** Those of {@code allowed} that this key can verify; none for a key that is too weak. */
    static List<String> fitting(PublicKey key, Collection<String> allowed) {
        return allowed.stream().filter(name -> fits(key, name)).toList();
    }

    private static boolean fits(PublicKey key, String name) {
        return switch (key) {
            case RSAPublicKey rsa ->
                rsa.getModulus().bitLength() >= RSA_BITS_MIN && (name.startsWith("RS") || name.startsWith("PS"));
            case ECPublicKey ec ->
                switch (ec.getParams().getCurve().getField().getFieldSize()) {
                    case 256 -> name.equals("ES256");
                    case 384 -> name.equals("ES384");
                    case 521 -> name.equals("ES512");
                    default -> false;
                };
            case EdECPublicKey ed -> name.equals("EdDSA");
            default -> false;
        };
    }
}

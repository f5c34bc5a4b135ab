package dev.heliograph.auth;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.heliograph.config.Secret;
import dev.heliograph.config.TokenKeyConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Tokens made by hand with the JDK's own signatures, so that any header, claim and signature can be had. */
final class TestTokens {
    static final long NOW_S = 1_800_000_000L;
    static final String SECRET = "0123456789abcdef0123456789abcdef";

    private static final JsonMapper JSON = new JsonMapper();

    private TestTokens() {}

    /** A clock that stands until it is moved. */
    static final class FrozenClock extends Clock {
        private volatile Instant now = Instant.ofEpochSecond(NOW_S);

        void advanceSeconds(long seconds) {
            now = now.plusSeconds(seconds);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    static Map<String, Object> header(String algorithm, @Nullable String keyId) {
        var header = new LinkedHashMap<String, Object>();
        header.put("alg", algorithm);
        if (keyId != null) {
            header.put("kid", keyId);
        }
        return header;
    }

    /** {@code sub}, {@code exp} in an hour, and these. */
    static Map<String, Object> claims(Object... keysAndValues) {
        var claims = new LinkedHashMap<String, Object>();
        claims.put("sub", "u1");
        claims.put("exp", NOW_S + 3_600);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            claims.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return claims;
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String base64url(String text) {
        return base64url(text.getBytes(StandardCharsets.UTF_8));
    }

    static String hs256(Map<String, ?> header, Map<String, ?> claims, byte[] secret) {
        return hmac("HmacSHA256", json(header), json(claims), secret);
    }

    static String hmac(String mac, String header, String payload, byte[] secret) {
        String content = base64url(header) + "." + base64url(payload);
        try {
            Mac hmac = Mac.getInstance(mac);
            hmac.init(new SecretKeySpec(secret, mac));
            return content + "." + base64url(hmac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String signed(String algorithm, PrivateKey key, @Nullable String keyId, Map<String, ?> claims) {
        return signed(header(algorithm, keyId), key, claims);
    }

    static String signed(Map<String, ?> header, PrivateKey key, Map<String, ?> claims) {
        String content = base64url(json(header)) + "." + base64url(json(claims));
        try {
            Signature signature = signature(String.valueOf(header.get("alg")));
            signature.initSign(key);
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + base64url(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Signature signature(String algorithm) throws GeneralSecurityException {
        String bits = algorithm.substring(algorithm.length() - 3);
        return switch (algorithm.substring(0, 2)) {
            case "RS" -> Signature.getInstance("SHA" + bits + "withRSA");
            case "ES" -> Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
            case "PS" -> {
                Signature pss = Signature.getInstance("RSASSA-PSS");
                String hash = "SHA-" + bits;
                pss.setParameter(
                        new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), Integer.parseInt(bits) / 8, 1));
                yield pss;
            }
            default -> Signature.getInstance("Ed25519");
        };
    }

    static KeyPair pair(String algorithm) {
        try {
            return switch (algorithm) {
                case "ES256" -> ec("secp256r1");
                case "ES384" -> ec("secp384r1");
                case "ES512" -> ec("secp521r1");
                case "EdDSA" -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                default -> rsa(2_048);
            };
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static KeyPair rsa(int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static KeyPair ec(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** An RSA or Ed25519 key as a JWK. */
    static Map<String, Object> jwk(String keyId, PublicKey key) {
        var jwk = new LinkedHashMap<String, Object>(Map.of("kid", keyId, "use", "sig"));
        if (key instanceof RSAPublicKey rsa) {
            jwk.put("kty", "RSA");
            jwk.put("n", base64url(unsigned(rsa.getModulus())));
            jwk.put("e", base64url(unsigned(rsa.getPublicExponent())));
        } else {
            byte[] der = key.getEncoded();
            jwk.put("kty", "OKP");
            jwk.put("crv", "Ed25519");
            jwk.put("x", base64url(Arrays.copyOfRange(der, der.length - 32, der.length)));
        }
        return jwk;
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    static TokenKeyConfig hmac(String keyId, String secret) {
        return new TokenKeyConfig.Hmac(keyId, "HS256", new Secret(secret));
    }

    static Map<String, WorkspaceConfig> workspaces(WorkspaceConfig... workspaces) {
        var byName = new LinkedHashMap<String, WorkspaceConfig>();
        for (WorkspaceConfig workspace : workspaces) {
            byName.put(workspace.name(), workspace);
        }
        return byName;
    }

    static WorkspaceConfig workspace(String name, TokenKeyConfig... keys) {
        return workspace(name, null, null, keys);
    }

    static WorkspaceConfig workspace(
            String name, @Nullable String issuer, @Nullable String audience, TokenKeyConfig... keys) {
        return new WorkspaceConfig(
                name, List.of(), issuer, audience, List.of(keys), List.of(), null, List.of(), Map.of());
    }
}

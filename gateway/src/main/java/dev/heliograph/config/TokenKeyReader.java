package dev.heliograph.config;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code keys}: its {@code url} or its {@code algorithm} says which of the three kinds of {@link TokenKeyConfig} it is. */
final class TokenKeyReader {
    /** Shared-secret algorithms with the bytes that their secrets need. */
    private static final Map<String, Integer> SECRET_BYTES_MIN = Map.of("HS256", 32, "HS384", 48, "HS512", 64);

    private static final List<String> PUBLIC_ALGORITHMS =
            List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");
    private static final List<String> ALGORITHMS = List.of(
            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
            "EdDSA");
    private static final List<String> DEFAULT_JWKS_ALGORITHMS = List.of("RS256", "ES256", "EdDSA");

    private final Section s;

    private TokenKeyReader(Section s) {
        this.s = s;
    }

    static TokenKeyConfig read(Section s) {
        return new TokenKeyReader(s).read();
    }

    /** Every key of every kind is read, so that a key of another kind is known, and refused by name. */
    private TokenKeyConfig read() {
        String kid = s.optional("kid", Names.KID);
        String algorithm = s.optional("algorithm", ValueType.oneOf(ALGORITHMS));
        Secret secret = s.confidential()
                .secret("secret", SECRET_BYTES_MIN.getOrDefault(algorithm == null ? "" : algorithm, 0), "none");
        String pem = s.confidential().text("pem");
        String issuer = s.optional("issuer", Names.CLAIM);
        URI url = s.optional("url", Names.KEYS_URL);
        List<String> algorithms = s.values("algorithms", ValueType.oneOf(PUBLIC_ALGORITHMS), DEFAULT_JWKS_ALGORITHMS);
        if (s.has("url")) {
            return jwks(issuer, url, algorithms);
        }
        need("kid");
        need("algorithm");
        refuse("a key without url", "issuer", "algorithms");
        String name = kid == null ? "" : kid;
        if (algorithm == null) {
            return new TokenKeyConfig.Hmac(name, "", new Secret(""));
        }
        return SECRET_BYTES_MIN.containsKey(algorithm) ? hmac(name, algorithm, secret) : pem(name, algorithm, pem);
    }

    private TokenKeyConfig hmac(String kid, String algorithm, @Nullable Secret secret) {
        if (!s.confidential().has("secret")) {
            s.report(
                    "secret",
                    "is missing; make one with 'openssl rand -base64 64' and set secretFile or "
                            + Overrides.variable(s.path("secret")));
        }
        refuse(algorithm, "pem", "pemFile");
        return new TokenKeyConfig.Hmac(kid, algorithm, secret == null ? new Secret("") : secret);
    }

    private TokenKeyConfig pem(String kid, String algorithm, @Nullable String pem) {
        if (!s.confidential().has("pem")) {
            s.report("pem", "is missing; expected a public key in PEM, here or in pemFile");
        }
        refuse(algorithm, "secret", "secretFile");
        if (pem != null) {
            check(pem, algorithm);
        }
        return new TokenKeyConfig.Pem(kid, algorithm, pem == null ? "" : pem);
    }

    private void check(String pem, String algorithm) {
        try {
            PublicKeyPem.parse(pem, algorithm);
        } catch (IllegalArgumentException unusable) {
            s.report("pem", String.valueOf(unusable.getMessage()));
        }
    }

    private TokenKeyConfig jwks(@Nullable String issuer, @Nullable URI url, List<String> algorithms) {
        need("issuer");
        refuse("a key with url", "kid", "algorithm", "secret", "secretFile", "pem", "pemFile");
        return new TokenKeyConfig.Jwks(
                issuer == null ? "" : issuer, url == null ? URI.create("https://invalid/") : url, algorithms);
    }

    private void need(String key) {
        if (!s.has(key)) {
            s.report(key, "is missing");
        }
    }

    private void refuse(String kind, String... keys) {
        for (String key : keys) {
            if (s.has(key)) {
                s.report(key, "does not belong to " + kind);
            }
        }
    }
}

package dev.heliograph.config;

import java.net.URI;

/** What verifies a workspace's tokens. */
public sealed interface TokenKeyConfig {
    /** Shared secret for HS256, HS384 or HS512: at least 32, 48 or 64 bytes. */
    record Hmac(String kid, String algorithm, Secret secret) implements TokenKeyConfig {}

    /** Public key in PEM for RS256…, PS256…, ES256… or EdDSA; only that algorithm is accepted. */
    record Pem(String kid, String algorithm, String pem) implements TokenKeyConfig {}

    /** Keys fetched from a fixed URL, for tokens whose {@code iss} is {@code issuer}; only {@code algorithms} are accepted. */
    record Jwks(String issuer, URI url, java.util.List<String> algorithms) implements TokenKeyConfig {
        public Jwks {
            algorithms = java.util.List.copyOf(algorithms);
        }
    }
}

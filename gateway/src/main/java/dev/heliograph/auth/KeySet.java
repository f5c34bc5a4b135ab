package dev.heliograph.auth;

import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys that an issuer published at one time. Immutable; any thread. */
final class KeySet {
    static final KeySet EMPTY = new KeySet();

    private static final int KEYS_MAX = 100;

    private final Map<String, VerificationKey> byId = new HashMap<>();
    private final List<VerificationKey> all = new ArrayList<>();

    private KeySet() {}

    /**
     * Reads a JWK Set (RFC 7517 §5). Secret keys, keys for encryption, and keys that fit no allowed algorithm are left out.
     *
     * @throws IllegalArgumentException if it is no JWK Set, or a set of none that can be used
     */
    static KeySet parse(byte[] json, Collection<String> allowed, Tenant tenant, Clock clock) {
        var keys = new KeySet();
        try {
            String text = new String(json, StandardCharsets.UTF_8);
            var parser = Jwks.setParser()
                    .json(new StrictJson())
                    .ignoreUnsupported(true)
                    .build();
            for (Jwk<?> jwk : parser.parse(text)) {
                if (jwk instanceof PublicJwk<?> published && isForSignatures(jwk) && keys.all.size() < KEYS_MAX) {
                    keys.add(published, allowed, tenant, clock);
                }
            }
        } catch (JwtException malformed) {
            throw new IllegalArgumentException("is no JWK Set", malformed);
        }
        if (keys.all.isEmpty()) {
            throw new IllegalArgumentException("holds no key for any of " + allowed);
        }
        return keys;
    }

    private static boolean isForSignatures(Jwk<?> jwk) {
        Object use = jwk.get("use");
        boolean verifies = jwk.getOperations() == null
                || jwk.getOperations().isEmpty()
                || jwk.getOperations().stream().anyMatch(operation -> "verify".equals(operation.getId()));
        return verifies && (use == null || "sig".equals(use));
    }

    private void add(PublicJwk<?> jwk, Collection<String> allowed, Tenant tenant, Clock clock) {
        List<String> algorithms = Algorithms.fitting(jwk.toKey(), allowed);
        String own = jwk.getAlgorithm();
        if (own != null) {
            algorithms = algorithms.contains(own) ? List.of(own) : List.of();
        }
        if (!algorithms.isEmpty()) {
            VerificationKey key = VerificationKey.of(jwk.toKey(), algorithms, tenant, clock);
            all.add(key);
            if (jwk.getId() != null) {
                byId.putIfAbsent(jwk.getId(), key);
            }
        }
    }

    /** @param id null: the only key, if there is only one */
    @Nullable
    VerificationKey find(@Nullable String id) {
        if (id != null) {
            return byId.get(id);
        }
        return all.size() == 1 ? all.getFirst() : null;
    }
}

package dev.heliograph.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliograph.auth.Verdict.Reason;
import dev.heliograph.config.TokenKeyConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks JWTs against the keys of all workspaces: the key that verifies a token decides its workspace, and the key's configuration its algorithm
 * (RFC 8725 §3.1). Any thread. Remembers up to {@value #REMEMBERED_MAX} good tokens by their hash, a minute each and never past their expiry.
 */
public final class JwtVerifier implements TokenVerifier {
    /** How far clocks may differ, in either direction. */
    static final long LEEWAY_MS = 30_000;

    private static final int TOKEN_LENGTH_MAX = 8_192;
    private static final int REMEMBERED_MAX = 10_000;
    private static final long REMEMBERED_MS = 60_000;

    private final StrictJson json = new StrictJson();
    private final Clock clock;
    private final StaticKeys fixed;
    private final Map<String, PublishedKeys> published = new HashMap<>();
    private final Cache<ByteBuffer, Remembered> remembered =
            Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).build();

    private record Remembered(Principal principal, long untilMs) {}

    /** @param blocking runs what waits for the network: a virtual thread for each task */
    public JwtVerifier(Map<String, WorkspaceConfig> workspaces, Clock clock, Executor blocking) {
        this.clock = clock;
        this.fixed = new StaticKeys(workspaces.values(), clock);
        var client = new ProviderClient(blocking);
        for (WorkspaceConfig workspace : workspaces.values()) {
            for (TokenKeyConfig key : workspace.keys()) {
                if (key instanceof TokenKeyConfig.Jwks jwks) {
                    var tenant = new Tenant(workspace.name(), jwks.issuer(), workspace.audience());
                    published.put(jwks.issuer(), new PublishedKeys(jwks, tenant, client, clock, blocking));
                }
            }
        }
    }

    @Override
    public void verify(String token, Consumer<Verdict> done) {
        if (token.length() > TOKEN_LENGTH_MAX) {
            done.accept(new Verdict.Refused(
                    Reason.MALFORMED, "the token is longer than " + TOKEN_LENGTH_MAX + " characters"));
            return;
        }
        ByteBuffer hash = ByteBuffer.wrap(Sha256.of(token));
        Remembered known = remembered.getIfPresent(hash);
        if (known != null && clock.millis() < known.untilMs()) {
            done.accept(new Verdict.Verified(known.principal()));
            return;
        }
        check(token, verdict -> {
            if (verdict instanceof Verdict.Verified(Principal principal)) {
                long untilMs = Math.min(principal.expiresAtMs(), clock.millis() + REMEMBERED_MS);
                remembered.put(hash, new Remembered(principal, untilMs));
            }
            done.accept(verdict);
        });
    }

    private void check(String token, Consumer<Verdict> done) {
        UnverifiedToken head;
        try {
            head = UnverifiedToken.read(token, json);
        } catch (TokenRefused refused) {
            done.accept(refused.verdict());
            return;
        }
        PublishedKeys issuer = published.get(head.issuer() == null ? "" : head.issuer());
        List<VerificationKey> candidates = candidates(head, issuer);
        Verdict verdict = tryAll(token, head, candidates);
        if (issuer == null || isFinal(verdict) || (head.keyId() == null && !candidates.isEmpty())) {
            done.accept(verdict);
        } else if (issuer.accepts(head.algorithm())) {
            issuer.find(head.keyId(), answer -> done.accept(verdict(token, head, answer)));
        } else {
            done.accept(badAlgorithm());
        }
    }

    /** Without a kid, one key must remain: that of the token's issuer, or the only one there is. */
    private List<VerificationKey> candidates(UnverifiedToken head, @Nullable PublishedKeys issuer) {
        if (head.keyId() != null) {
            return fixed.byId(head.keyId());
        }
        List<VerificationKey> ofIssuer = fixed.byIssuer(head.issuer());
        if (!ofIssuer.isEmpty()) {
            return ofIssuer.size() == 1 && issuer == null ? ofIssuer : List.of();
        }
        return fixed.size() == 1 && published.isEmpty() ? fixed.all() : List.of();
    }

    private static boolean isFinal(Verdict verdict) {
        return !(verdict instanceof Verdict.Refused(Reason reason, String message))
                || (reason != Reason.UNKNOWN_KEY && reason != Reason.BAD_ALGORITHM && reason != Reason.BAD_SIGNATURE);
    }

    /** The first key whose signature it is decides. */
    private static Verdict tryAll(String token, UnverifiedToken head, List<VerificationKey> candidates) {
        Verdict verdict = unknownKey(head);
        for (VerificationKey key : candidates) {
            verdict = key.accepts(head.algorithm()) ? verify(token, key) : badAlgorithm();
            if (isFinal(verdict)) {
                return verdict;
            }
        }
        return verdict;
    }

    private static Verdict verify(String token, VerificationKey key) {
        try {
            return new Verdict.Verified(key.verify(token));
        } catch (TokenRefused refused) {
            return refused.verdict();
        }
    }

    private static Verdict verdict(String token, UnverifiedToken head, PublishedKeys.Answer answer) {
        return switch (answer) {
            case PublishedKeys.Answer.Found(VerificationKey key) -> tryAll(token, head, List.of(key));
            case PublishedKeys.Answer.Unknown() -> unknownKey(head);
            case PublishedKeys.Answer.Unavailable() ->
                new Verdict.Refused(
                        Reason.KEYS_UNAVAILABLE, "the keys of the token's issuer cannot be had now; try again later");
        };
    }

    private static Verdict unknownKey(UnverifiedToken head) {
        return new Verdict.Refused(
                Reason.UNKNOWN_KEY,
                head.keyId() == null
                        ? "the token has no kid, and its iss does not name one key that is configured"
                        : "the token's kid names no key that is configured, or published by its iss");
    }

    private static Verdict badAlgorithm() {
        return new Verdict.Refused(
                Reason.BAD_ALGORITHM, "the token's alg is not the one that its key is configured for");
    }
}

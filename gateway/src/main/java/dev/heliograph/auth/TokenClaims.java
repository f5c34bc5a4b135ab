package dev.heliograph.auth;

import dev.heliograph.auth.Verdict.Reason;
import io.jsonwebtoken.Claims;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the claims of a token whose signature and times hold into a principal, or says what is wrong with them. */
final class TokenClaims {
    private static final int PATTERNS_MAX = 100;
    private static final int TEXT_LENGTH_MAX = 200;

    private final Claims claims;

    private TokenClaims(Claims claims) {
        this.claims = claims;
    }

    static Principal principal(Claims claims, Tenant tenant, Clock clock) throws TokenRefused {
        return new TokenClaims(claims).principal(tenant, clock);
    }

    private Principal principal(Tenant tenant, Clock clock) throws TokenRefused {
        String subject = text("sub");
        if (subject == null || subject.isEmpty()) {
            throw bad("sub is missing: expected the user's id");
        }
        checkAddressee(tenant);
        long expiresAtMs = expiresAtMs(clock.millis());
        return new Principal(
                tenant.workspace(),
                subject,
                text("name"),
                text("jti"),
                new Grants(grants(), subject),
                expiresAtMs,
                text("sid"),
                issuedAtMs());
    }

    @SuppressWarnings("JavaUtilDate") // jjwt's type
    private long issuedAtMs() {
        Date issuedAt = claims.getIssuedAt();
        return issuedAt == null ? Principal.ISSUED_UNKNOWN : issuedAt.getTime();
    }

    private void checkAddressee(Tenant tenant) throws TokenRefused {
        String workspace = text("workspace");
        if (workspace != null && !workspace.equals(tenant.workspace())) {
            throw new TokenRefused(
                    Reason.WRONG_WORKSPACE,
                    "the token's workspace claim is not the workspace of the key that signed it");
        }
        if (tenant.issuer() != null && !tenant.issuer().equals(claims.getIssuer())) {
            throw bad("iss is not the issuer that is expected here");
        }
        if (tenant.audience() != null
                && (claims.getAudience() == null || !claims.getAudience().contains(tenant.audience()))) {
            throw bad("aud does not name the audience that is expected here");
        }
    }

    /** A token that is past its expiry, but within the leeway for clocks that differ, is good until the leeway ends. */
    @SuppressWarnings("JavaUtilDate") // jjwt's type
    private long expiresAtMs(long nowMs) throws TokenRefused {
        long issuedAtMs = issuedAtMs();
        if (issuedAtMs > nowMs + JwtVerifier.LEEWAY_MS) {
            throw new TokenRefused(Reason.NOT_YET_VALID, "the token's iat lies in the future");
        }
        Date expiration = claims.getExpiration();
        if (expiration == null) {
            throw bad("exp is missing: expected seconds since 1970");
        }
        long expiresAtMs = expiration.getTime();
        if (expiresAtMs - Revocation.TOKEN_LIFE_MAX_MS
                > (issuedAtMs == Principal.ISSUED_UNKNOWN ? nowMs : issuedAtMs)) {
            throw bad("exp lies too far ahead: expected at most 366 days after iat, or from now if there is no iat");
        }
        return expiresAtMs > nowMs ? expiresAtMs : expiresAtMs + JwtVerifier.LEEWAY_MS;
    }

    private Map<Operation, List<String>> grants() throws TokenRefused {
        Object value = claims.get("grants");
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> lists)) {
            throw bad("grants is no object");
        }
        Map<Operation, List<String>> grants = new EnumMap<>(Operation.class);
        for (Map.Entry<?, ?> entry : lists.entrySet()) {
            grants.put(operation(String.valueOf(entry.getKey())), patterns(entry.getValue()));
        }
        return grants;
    }

    private static Operation operation(String name) throws TokenRefused {
        for (Operation operation : Operation.values()) {
            if (operation.name().toLowerCase(Locale.ROOT).equals(name)) {
                return operation;
            }
        }
        throw bad("grants names an operation other than subscribe, publish, presence, history, control, admin");
    }

    private static List<String> patterns(@Nullable Object value) throws TokenRefused {
        if (!(value instanceof List<?> list) || list.size() > PATTERNS_MAX) {
            throw bad("grants has something other than lists of at most " + PATTERNS_MAX + " patterns");
        }
        var patterns = new ArrayList<String>();
        for (Object item : list) {
            if (!(item instanceof String pattern) || pattern.isEmpty() || pattern.length() > TEXT_LENGTH_MAX) {
                throw bad("grants has something other than patterns of 1 to " + TEXT_LENGTH_MAX + " characters");
            }
            patterns.add(pattern);
        }
        return patterns;
    }

    private @Nullable String text(String claim) throws TokenRefused {
        Object value = claims.get(claim);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text)
                || text.length() > TEXT_LENGTH_MAX
                || text.chars().anyMatch(Character::isISOControl)) {
            throw bad(claim + " is no string of at most " + TEXT_LENGTH_MAX + " characters");
        }
        return text;
    }

    private static TokenRefused bad(String problem) {
        return new TokenRefused(Reason.BAD_CLAIM, "the token's " + problem);
    }
}

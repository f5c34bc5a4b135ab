package dev.heliograph.auth;

import dev.heliograph.auth.Verdict.Reason;
import io.jsonwebtoken.Claims;
import java.time.Clock;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** Turns the claims of a token whose signature and times hold into a principal, or says what is wrong with them. */
final class TokenClaims {
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
                GrantsClaim.read(claims.get("grants"), subject),
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

    static TokenRefused bad(String problem) {
        return new TokenRefused(Reason.BAD_CLAIM, "the token's " + problem);
    }
}

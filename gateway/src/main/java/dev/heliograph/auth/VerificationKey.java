package dev.heliograph.auth;

import dev.heliograph.auth.Verdict.Reason;
import dev.heliograph.config.PublicKeyPem;
import dev.heliograph.config.TokenKeyConfig;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.PrematureJwtException;
import io.jsonwebtoken.security.SecurityException;
import java.security.PublicKey;
import java.time.Clock;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * One key with the algorithms that were configured for it: a token's header is held against them and never decides. Immutable; any thread.
 */
final class VerificationKey {
    private final Tenant tenant;
    private final Set<String> algorithms;
    private final JwtParser parser;
    private final Clock clock;

    private VerificationKey(Tenant tenant, Collection<String> algorithms, JwtParserBuilder keyed, Clock clock) {
        this.tenant = tenant;
        this.algorithms = Set.copyOf(algorithms);
        this.parser = restricted(keyed, algorithms, clock);
        this.clock = clock;
    }

    static VerificationKey of(TokenKeyConfig.Hmac key, Tenant tenant, Clock clock) {
        SecretKey secret = new SecretKeySpec(
                key.secret().bytes(), "HmacSHA" + key.algorithm().substring(2));
        Algorithms.mac(key.algorithm());
        return new VerificationKey(
                tenant, List.of(key.algorithm()), Jwts.parser().verifyWith(secret), clock);
    }

    static VerificationKey of(TokenKeyConfig.Pem key, Tenant tenant, Clock clock) {
        return of(PublicKeyPem.parse(key.pem(), key.algorithm()), List.of(key.algorithm()), tenant, clock);
    }

    static VerificationKey of(PublicKey key, Collection<String> algorithms, Tenant tenant, Clock clock) {
        return new VerificationKey(tenant, algorithms, Jwts.parser().verifyWith(key), clock);
    }

    @SuppressWarnings("JavaUtilDate") // jjwt's type
    private static JwtParser restricted(JwtParserBuilder keyed, Collection<String> algorithms, Clock clock) {
        return keyed.sig()
                .clear()
                .add(algorithms.stream().map(Algorithms::named).collect(Collectors.toList()))
                .and()
                .zip()
                .clear()
                .and()
                .enc()
                .clear()
                .and()
                .key()
                .clear()
                .and()
                .json(new StrictJson())
                .clock(() -> Date.from(clock.instant()))
                .clockSkewSeconds(JwtVerifier.LEEWAY_MS / 1_000)
                .build();
    }

    boolean accepts(String algorithm) {
        return algorithms.contains(algorithm);
    }

    /** @throws TokenRefused with {@link Reason#BAD_SIGNATURE} if another key may have signed it; every other reason is final */
    Principal verify(String token) throws TokenRefused {
        return TokenClaims.principal(claims(token), tenant, clock);
    }

    private Claims claims(String token) throws TokenRefused {
        try {
            return parser.parseSignedClaims(token).getPayload();
        } catch (SecurityException forged) {
            throw new TokenRefused(Reason.BAD_SIGNATURE, "the token's signature is not that of its key");
        } catch (ExpiredJwtException expired) {
            throw new TokenRefused(Reason.EXPIRED, "the token has expired");
        } catch (PrematureJwtException early) {
            throw new TokenRefused(Reason.NOT_YET_VALID, "the token's nbf lies in the future");
        } catch (JwtException | IllegalArgumentException malformed) {
            throw new TokenRefused(Reason.MALFORMED, "the token or one of its registered claims cannot be read");
        }
    }
}

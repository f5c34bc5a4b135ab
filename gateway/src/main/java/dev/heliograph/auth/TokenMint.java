package dev.heliograph.auth;

import dev.heliograph.config.TokenKeyConfig;
import dev.heliograph.config.WorkspaceConfig;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Makes tokens with a workspace's shared secret, for the command line and the demo. Any thread. */
public final class TokenMint {
    private final WorkspaceConfig workspace;
    private final TokenKeyConfig.Hmac key;
    private final Clock clock;
    private final Supplier<String> ids;

    /**
     * What a token shall say.
     *
     * @param user its {@code sub}
     * @param name what presence shows; null: nothing
     * @param grants channel patterns by operation
     */
    public record Request(
            String user, @Nullable String name, Map<Operation, List<String>> grants, Duration timeToLive) {
        public Request {
            grants = Map.copyOf(grants);
        }
    }

    /**
     * @param keyId which of the workspace's keys signs; null: its first shared secret
     * @param ids makes each token's {@code jti}
     * @throws IllegalArgumentException if the workspace has no such key with a shared secret; the message says so
     */
    public TokenMint(WorkspaceConfig workspace, @Nullable String keyId, Clock clock, Supplier<String> ids) {
        this.workspace = workspace;
        this.key = find(workspace, keyId);
        this.clock = clock;
        this.ids = ids;
    }

    private static TokenKeyConfig.Hmac find(WorkspaceConfig workspace, @Nullable String keyId) {
        return workspace.keys().stream()
                .filter(TokenKeyConfig.Hmac.class::isInstance)
                .map(TokenKeyConfig.Hmac.class::cast)
                .filter(hmac -> keyId == null || hmac.kid().equals(keyId))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "workspace '" + workspace.name() + "' has no key "
                                        + (keyId == null ? "" : "'" + keyId + "' ")
                                        + "with a shared secret (HS256, HS384, HS512); tokens of other keys are made by whoever has the private key"));
    }

    /** A compact JWT. */
    @SuppressWarnings("JavaUtilDate") // jjwt's type
    public String mint(Request request) {
        Instant now = clock.instant();
        JwtBuilder token = Jwts.builder()
                .json(new PlainJson())
                .header()
                .keyId(key.kid())
                .and()
                .subject(request.user())
                .id(ids.get())
                .issuedAt(Date.from(now))
                .expiration(Date.from(now.plus(request.timeToLive())))
                .claim("workspace", workspace.name())
                .claim("grants", grants(request));
        if (request.name() != null) {
            token.claim("name", request.name());
        }
        if (workspace.issuer() != null) {
            token.issuer(workspace.issuer());
        }
        if (workspace.audience() != null) {
            token.audience().add(workspace.audience());
        }
        var secret = new SecretKeySpec(
                key.secret().bytes(), "HmacSHA" + key.algorithm().substring(2));
        return token.signWith(secret, Algorithms.mac(key.algorithm())).compact();
    }

    private static Map<String, List<String>> grants(Request request) {
        Map<String, List<String>> grants = new TreeMap<>();
        request.grants()
                .forEach((operation, patterns) ->
                        grants.put(operation.name().toLowerCase(Locale.ROOT), List.copyOf(patterns)));
        return grants;
    }
}

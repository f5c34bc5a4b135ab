package dev.heliograph.auth;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What takes back tokens whose signatures hold. Immutable.
 *
 * @param issuedBeforeMs only tokens issued earlier, in milliseconds since the epoch; {@link #WHENEVER}: all
 * @param expiresAtMs from when on no token that it hits can be valid any more; {@link #NEVER}: it holds until it is lifted
 */
public record Revocation(Target target, long issuedBeforeMs, long createdAtMs, long expiresAtMs) {
    /** Longest time from a token's issue to its expiry; longer ones are refused. */
    public static final long TOKEN_LIFE_MAX_MS = TimeUnit.DAYS.toMillis(366);

    public static final long WHENEVER = Long.MAX_VALUE;
    public static final long NEVER = Long.MAX_VALUE;

    private static final int ID_BYTES = 12;

    /** Which claim of a token is looked at. */
    public enum Kind {
        /** {@code jti}: one token. */
        JTI,
        /** {@code sid}: all tokens that came from one session at the issuer. */
        SESSION,
        /** {@code sub}: all tokens of a person. */
        USER,
        /** None: all tokens of the workspace. */
        WORKSPACE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param name the claim's value; empty for a whole workspace */
    public record Target(String workspace, Kind kind, String name) {
        /** The same for the same target, and shows nothing of it. */
        public String id() {
            byte[] hash = Sha256.of(workspace + '\0' + kind.label() + '\0' + name);
            return HexFormat.of().formatHex(Arrays.copyOf(hash, ID_BYTES));
        }
    }

    /** One that holds as long as it can hit anything. */
    static Revocation of(Target target, long issuedBeforeMs, long nowMs) {
        long expiresAtMs = switch (target.kind()) {
            case JTI, SESSION -> afterLastExpiry(nowMs);
            case USER, WORKSPACE -> issuedBeforeMs == WHENEVER ? NEVER : afterLastExpiry(issuedBeforeMs);
        };
        return new Revocation(target, issuedBeforeMs, nowMs, expiresAtMs);
    }

    private static long afterLastExpiry(long issuedBeforeMs) {
        return issuedBeforeMs + TOKEN_LIFE_MAX_MS + 2 * JwtVerifier.LEEWAY_MS;
    }

    public String id() {
        return target.id();
    }

    /** Whether it hits a token of its target that was issued then. */
    boolean hits(long issuedAtMs) {
        return issuedAtMs < issuedBeforeMs;
    }

    /** Whether it hits a sign-in on a connection that was opened then; see {@link Revocations#hitsSignin}. */
    boolean hitsSignin(long openedMs) {
        return issuedBeforeMs == WHENEVER || openedMs <= createdAtMs;
    }

    boolean isOver(long nowMs) {
        return nowMs >= expiresAtMs;
    }

    /** Whether it hits everything that the other does. */
    boolean covers(@Nullable Revocation other) {
        return other != null && issuedBeforeMs >= other.issuedBeforeMs && expiresAtMs >= other.expiresAtMs;
    }
}

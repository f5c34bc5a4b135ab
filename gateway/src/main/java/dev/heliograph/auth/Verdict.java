package dev.heliograph.auth;

/** What came of checking a token. */
public sealed interface Verdict {
    /** It is good until the principal's expiry. */
    record Verified(Principal principal) implements Verdict {}

    /** It is not; {@code message} may be told to the client, {@code reason} is the metric's label. */
    record Refused(Reason reason, String message) implements Verdict {}

    /** Why a token is refused. */
    enum Reason {
        MALFORMED,
        UNKNOWN_KEY,
        BAD_SIGNATURE,
        BAD_ALGORITHM,
        EXPIRED,
        NOT_YET_VALID,
        BAD_CLAIM,
        WRONG_WORKSPACE,
        NOT_LISTED,
        REVOKED,
        KEYS_UNAVAILABLE
    }
}

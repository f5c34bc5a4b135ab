package dev.heliograph.auth;

/** A token that is not good, on its way to a {@link Verdict.Refused}. Its message shows nothing of the token but names of claims and headers. */
final class TokenRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final Verdict.Reason reason;

    TokenRefused(Verdict.Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    Verdict.Reason reason() {
        return reason;
    }

    Verdict.Refused verdict() {
        return new Verdict.Refused(reason, String.valueOf(getMessage()));
    }
}

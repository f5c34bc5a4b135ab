package dev.heliograph.config;

/**
 * A key of an app with its secret.
 *
 * @param key public: it stands in URLs and before signatures
 * @param secret signs requests, subscriptions and webhooks
 */
public record PusherKeyConfig(String key, Secret secret) {
    private static final ValueType<String> KEY =
            ValueType.text("[A-Za-z0-9._-]{1,128}", "1 to 128 characters of A-Z a-z 0-9 . _ -");
    private static final int SECRET_BYTES_MIN = 8;
    private static final int SECRET_LENGTH_MAX = 128;

    static PusherKeyConfig read(Section s) {
        String key = s.required("key", KEY, "");
        if (!s.confidential().has("secret")) {
            s.report(
                    "secret",
                    "is missing; take the one that your servers have, or make one with 'openssl rand -hex 20', and set secretFile or "
                            + Overrides.variable(s.path("secret")));
        }
        Secret secret = s.confidential().secret("secret", SECRET_BYTES_MIN, "none");
        if (secret != null && secret.reveal().length() > SECRET_LENGTH_MAX) {
            s.report("secret", "is too long; expected at most " + SECRET_LENGTH_MAX + " characters");
        }
        return new PusherKeyConfig(key, secret == null ? new Secret("") : secret);
    }
}

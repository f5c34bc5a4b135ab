package dev.heliograph.config;

/**
 * The operator's listener: health, readiness, state, metrics.
 *
 * @param port 0 picks a free one
 * @param token bearer token that every path but {@code /healthz} and {@code /readyz} asks for; a secret
 */
public record AdminConfig(String host, int port, Secret token) {
    static final String DEFAULT_HOST = "127.0.0.1";
    static final int DEFAULT_PORT = 8081;
    private static final int TOKEN_BYTES_MIN = 16;

    static AdminConfig read(Section s) {
        String host = s.value("host", Names.HOST, DEFAULT_HOST);
        int port = s.value("port", Names.PORT, DEFAULT_PORT);
        boolean missing = !s.confidential().has("token");
        Secret token = s.confidential().secret("token", TOKEN_BYTES_MIN, "required");
        if (missing) {
            s.report(
                    "token",
                    "is missing; make one with 'openssl rand -base64 32' and set tokenFile or "
                            + Overrides.variable(s.path("token")));
        }
        return new AdminConfig(host, port, token == null ? new Secret("") : token);
    }
}

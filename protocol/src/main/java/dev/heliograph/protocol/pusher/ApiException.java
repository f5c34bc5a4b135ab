package dev.heliograph.protocol.pusher;

import java.nio.charset.StandardCharsets;

/**
 * A request to the HTTP API or an auth endpoint that is refused, with its status and its plain text. The statuses are those that Pusher's SDKs know: what they
 * do not know, such as 422, they send again.
 */
public final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    public static final int BAD_REQUEST = 400;
    public static final int UNAUTHORIZED = 401;
    public static final int FORBIDDEN = 403;
    public static final int NOT_FOUND = 404;
    public static final int TOO_LARGE = 413;
    public static final int UNAVAILABLE = 503;

    private final int status;
    private final String explanation;

    /** @param status of the answer, one of those above */
    public ApiException(int status, String explanation) {
        super(explanation, null, false, false);
        this.status = status;
        this.explanation = explanation;
    }

    static ApiException badRequest(String explanation) {
        return new ApiException(BAD_REQUEST, explanation);
    }

    static ApiException missing(String parameter) {
        return badRequest("Missing required parameter: " + parameter);
    }

    static ApiException unauthorized(String explanation) {
        return new ApiException(UNAUTHORIZED, explanation);
    }

    public int status() {
        return status;
    }

    /** What was wrong and what was expected. */
    public String explanation() {
        return explanation;
    }

    /** The body of the answer, {@code text/plain} in UTF-8: the explanation and a newline. */
    public byte[] body() {
        return (explanation + "\n").getBytes(StandardCharsets.UTF_8);
    }
}

package dev.heliograph.http;

/** The answers that the server itself gives, in one shape. */
final class Errors {
    private Errors() {}

    /**
     * @param code one word, lower case with underscores
     * @param message a sentence of ours; neither holds a quote or a backslash
     */
    static Response json(int status, String code, String message) {
        return Response.json(status, "{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}\n");
    }

    /** No room for another connection. */
    static Response unavailable(String message) {
        return json(503, "overloaded", message).with("Retry-After", "1");
    }

    /** Somebody else, or this one when it is back. */
    static Response draining() {
        return json(503, "draining", "this gateway is about to stop; connect again")
                .with("Retry-After", "5");
    }

    /** No room for what this request brings: SDKs keep it and come back. */
    static Response overloaded(String message) {
        return json(429, "overloaded", message).with("Retry-After", "1");
    }
}

package dev.heliograph.http;

import dev.heliograph.metrics.HttpRefusal;

/** A request that is answered by the server itself, with the cause that is counted. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final HttpRefusal reason;
    private final transient Response response;

    Refused(HttpRefusal reason, Response response) {
        super(reason.label(), null, false, false);
        this.reason = reason;
        this.response = response;
    }

    /** @param message a sentence of ours, holding nothing the client sent */
    static Refused malformed(String message) {
        return new Refused(HttpRefusal.MALFORMED, Errors.json(400, "bad_request", message));
    }

    HttpRefusal reason() {
        return reason;
    }

    Response response() {
        return response;
    }
}

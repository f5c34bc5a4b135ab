package dev.heliograph.ingest;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.heliograph.http.Response;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;

/**
 * What producers are answered, each answer counted. SDKs are particular: success is exactly {@code 200 {"success":true}}, and 400 the only status on which
 * all of them give up, so it stands for every rejection that sending again would not change. Any thread.
 */
final class Answers {
    private static final Response ACCEPTED = Response.json(200, "{\"success\":true}");

    private final Metrics metrics;

    Answers(Metrics metrics) {
        this.metrics = metrics;
    }

    Response accepted(int bodyBytes) {
        metrics.increment(Count.INGEST_REQUESTS);
        metrics.add(Count.INGEST_BYTES, bodyBytes);
        return ACCEPTED;
    }

    /** @param code what a program tells the cause by; lower case with underscores */
    Response rejected(int status, String code, String message) {
        metrics.increment(Count.INGEST_REJECTED);
        return Response.json(status, "{\"code\":\"" + code + "\",\"message\":\"" + escaped(message) + "\"}");
    }

    /** The producer may try again after a second. */
    Response unavailable(String message) {
        return rejected(503, "unavailable", message).with("Retry-After", "1");
    }

    Response unauthorized(String code, String message) {
        return rejected(401, code, message).with("WWW-Authenticate", "Bearer");
    }

    static String escaped(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}

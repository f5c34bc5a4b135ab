package dev.heliograph.ingest;

import dev.heliograph.auth.Source;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.segment.CloudEvents;
import dev.heliograph.protocol.segment.InboundBatch;
import dev.heliograph.protocol.segment.SegmentException;
import dev.heliograph.protocol.segment.SegmentException.Code;
import java.util.Locale;

/** Tells CloudEvents' three content modes apart, and consents to be sent events. Source: CloudEvents 1.0.2, "HTTP Protocol Binding" and "HTTP 1.1 Web Hooks". */
final class CloudEventsDoor {
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final int SECONDS_PER_MINUTE = 60;

    private final CloudEvents cloudEvents;

    CloudEventsDoor(CloudEvents cloudEvents) {
        this.cloudEvents = cloudEvents;
    }

    InboundBatch read(Request request) {
        String mediaType = mediaType(request);
        if (mediaType.equals(BATCH)) {
            return cloudEvents.batch(request.body());
        }
        if (mediaType.equals(STRUCTURED)) {
            return cloudEvents.structured(request.body());
        }
        if (mediaType.startsWith("application/cloudevents") || request.header("ce-specversion") == null) {
            throw new SegmentException(
                    Code.MALFORMED_BODY, "expected ce- headers, or Content-Type " + STRUCTURED + " or " + BATCH);
        }
        boolean json = mediaType.isEmpty() || mediaType.endsWith("json");
        return cloudEvents.binary(request::header, request.body(), json);
    }

    private static String mediaType(Request request) {
        String header = request.header("content-type");
        if (header == null) {
            return "";
        }
        int parameters = header.indexOf(';');
        return (parameters < 0 ? header : header.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /** The answer to a sender that asks whether it may deliver here at all; what it delivers still needs the bearer secret. */
    static Response consent(Source source, Request request) {
        Response allowed = Response.empty(200).with("Allow", "POST, OPTIONS");
        String origin = request.header("webhook-request-origin");
        if (origin == null) {
            return allowed;
        }
        long perMinute = Math.max(1, Math.round(source.config().ratePerSecond() * SECONDS_PER_MINUTE));
        return allowed.with("WebHook-Allowed-Origin", origin).with("WebHook-Allowed-Rate", Long.toString(perMinute));
    }
}

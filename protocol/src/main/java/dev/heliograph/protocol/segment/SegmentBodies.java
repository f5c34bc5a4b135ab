package dev.heliograph.protocol.segment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.segment.SegmentException.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Segment's and RudderStack's SDKs, functions and webhooks send: one event, a batch in its envelope, or a bare array. Each reading is a pure
 * function of the body. Source: Segment, "HTTP Tracking API" and "Webhooks". Any thread.
 */
public final class SegmentBodies {
    private final Json json;
    private final EventLimits limits;

    /** @param bodyBytesMax largest body, decompressed */
    public SegmentBodies(EventLimits limits, int bodyBytesMax) {
        this.limits = limits;
        this.json = new Json(bodyBytesMax);
    }

    /** One event; the path {@code /v1/track} and its like name its type, which wins over the body's. Null: the body names it. */
    public InboundBatch single(byte[] body, @Nullable String typeOfPath) {
        return json.read(body, parser -> single(parser, body, typeOfPath));
    }

    /** {@code {"batch": [event, …], "context", "sentAt", "writeKey"}}, its keys in any order. */
    public InboundBatch batch(byte[] body) {
        return json.read(body, parser -> {
            expectObject(parser);
            return BatchFields.read(parser, body, limits).toBatch();
        });
    }

    /** What Segment's webhook destinations post: an event, an array of events, or a deletion request. */
    public WebhookBody webhook(byte[] body) {
        return json.read(
                body,
                parser -> parser.currentToken() == JsonToken.START_ARRAY ? array(parser, body) : event(parser, body));
    }

    private InboundBatch single(JsonParser parser, byte[] body, @Nullable String typeOfPath) throws IOException {
        expectObject(parser);
        return alone(EventFields.read(parser, body), typeOfPath);
    }

    private InboundBatch alone(EventFields fields, @Nullable String typeOfPath) {
        if (fields.bytes() > limits.eventBytesMax()) {
            throw new SegmentException(
                    Code.EVENT_TOO_LARGE,
                    "an event has at most " + limits.eventBytesMax() + " bytes, this one has " + fields.bytes());
        }
        String fault = fields.fault(typeOfPath);
        if (fault != null) {
            throw new SegmentException(Code.MALFORMED_EVENT, fault);
        }
        return new InboundBatch(
                unmasked(fields.writeKey()), List.of(fields.toEvent(typeOfPath, null, ContextFields.NONE)), 0, 0);
    }

    private WebhookBody event(JsonParser parser, byte[] body) throws IOException {
        expectObject(parser);
        EventFields fields = EventFields.read(parser, body);
        return "delete".equals(fields.type())
                ? new WebhookBody.Deletion(fields.userId())
                : new WebhookBody.Event(alone(fields, null));
    }

    private WebhookBody array(JsonParser parser, byte[] body) throws IOException {
        var elements = new ArrayList<@Nullable EventFields>();
        int from = 0;
        int to = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (elements.isEmpty()) {
                from = Json.start(parser);
            }
            BatchFields.readElement(parser, body, elements, limits);
            if (elements.size() == 1) {
                to = Json.end(parser);
            }
        }
        InboundBatch batch = BatchFields.toBatch(elements, null, ContextFields.NONE, null, limits);
        return new WebhookBody.Events(new Slice(body, from, to), batch);
    }

    private static void expectObject(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new SegmentException(
                    Code.MALFORMED_BODY, "expected a JSON object, but the body is another JSON value");
        }
    }

    /** A key that some SDKs put stars into, so that it does not show in logs, is no key. */
    static @Nullable String unmasked(@Nullable String writeKey) {
        return writeKey == null || writeKey.isEmpty() || writeKey.contains("***") ? null : writeKey;
    }
}

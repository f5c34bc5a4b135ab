package dev.heliograph.protocol.segment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.segment.SegmentException.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a batch's envelope while it is being read. Envelope and events are put together only at the end, because the envelope's context
 * may stand behind the events. Confined to the thread that reads.
 */
final class BatchFields {
    private final EventLimits limits;
    private @Nullable List<@Nullable EventFields> elements;
    private @Nullable String writeKey;
    private @Nullable String sentAt;
    private ContextFields context = ContextFields.NONE;

    private BatchFields(EventLimits limits) {
        this.limits = limits;
    }

    /** @param parser stands on the opening brace; is left on the closing one */
    static BatchFields read(JsonParser parser, byte[] body, EventLimits limits) throws IOException {
        var fields = new BatchFields(limits);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "batch" -> fields.elements = elements(parser, body, limits);
                case "writeKey" -> fields.writeKey = Json.text(parser);
                case "sentAt" -> fields.sentAt = Json.text(parser);
                case "context" -> fields.context = ContextFields.read(parser, body);
                default -> parser.skipChildren();
            }
        }
        return fields;
    }

    private static List<@Nullable EventFields> elements(JsonParser parser, byte[] body, EventLimits limits)
            throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new SegmentException(Code.MALFORMED_BODY, "expected \"batch\" to be an array of events");
        }
        var elements = new ArrayList<@Nullable EventFields>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            readElement(parser, body, elements, limits);
        }
        return elements;
    }

    /** Adds the element that the parser stands on: its fields, or null if it is no object. */
    static void readElement(JsonParser parser, byte[] body, List<@Nullable EventFields> elements, EventLimits limits)
            throws IOException {
        if (elements.size() == limits.eventsMax()) {
            throw new SegmentException(
                    Code.TOO_MANY_EVENTS,
                    "a body holds at most " + limits.eventsMax() + " events, this one holds more");
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            elements.add(EventFields.read(parser, body));
        } else {
            parser.skipChildren();
            elements.add(null);
        }
    }

    InboundBatch toBatch() {
        if (elements == null) {
            throw new SegmentException(Code.MALFORMED_BODY, "expected an object with a \"batch\" array of events");
        }
        return toBatch(elements, sentAt, context, writeKey, limits);
    }

    static InboundBatch toBatch(
            List<@Nullable EventFields> elements,
            @Nullable String sentAt,
            ContextFields context,
            @Nullable String writeKey,
            EventLimits limits) {
        var events = new ArrayList<InboundEvent>(elements.size());
        int oversize = 0;
        for (EventFields fields : elements) {
            if (fields != null && fields.bytes() > limits.eventBytesMax()) {
                oversize++;
            } else if (fields != null && fields.fault(null) == null) {
                events.add(fields.toEvent(null, sentAt, context));
            }
        }
        int malformed = elements.size() - events.size() - oversize;
        return new InboundBatch(SegmentBodies.unmasked(writeKey), events, oversize, malformed);
    }
}

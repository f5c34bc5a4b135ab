package dev.heliograph.protocol.segment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.segment.SegmentException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads CloudEvents 1.0 in its three HTTP content modes. A CloudEvent becomes a track: {@code type} is the event's name, {@code id} its message id
 * (unique within {@code source}), {@code time} its timestamp, {@code data} its properties. Source: CloudEvents 1.0.2, "HTTP Protocol Binding" and "JSON
 * Event Format". Any thread.
 */
public final class CloudEvents {
    private final Json json;
    private final EventLimits limits;

    /** @param bodyBytesMax largest body, decompressed */
    public CloudEvents(EventLimits limits, int bodyBytesMax) {
        this.limits = limits;
        this.json = new Json(bodyBytesMax);
    }

    /**
     * Attributes in {@code ce-} headers, data in the body.
     *
     * @param header the value of a header by its lower-case name; null where there is none
     * @param jsonData whether the body is JSON; other data cannot be shown and is left out
     */
    public InboundBatch binary(Function<String, @Nullable String> header, byte[] body, boolean jsonData) {
        var fields = new CloudEventFields();
        int bytes = body.length;
        for (String name : CloudEventFields.ATTRIBUTES) {
            String value = header.apply("ce-" + name);
            if (value != null) {
                fields.set(name, percentDecoded(value));
                bytes += name.length() + value.length();
            }
        }
        if (jsonData && body.length > 0) {
            fields.data = json.read(body, parser -> Json.object(parser, body));
        }
        fields.bytes = bytes;
        return alone(fields);
    }

    /** {@code application/cloudevents+json}. */
    public InboundBatch structured(byte[] body) {
        return json.read(body, parser -> {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new SegmentException(Code.MALFORMED_BODY, "expected a CloudEvent, which is a JSON object");
            }
            return alone(CloudEventFields.read(parser, body));
        });
    }

    /** {@code application/cloudevents-batch+json}. */
    public InboundBatch batch(byte[] body) {
        return json.read(body, parser -> {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw new SegmentException(Code.MALFORMED_BODY, "expected a JSON array of CloudEvents");
            }
            return many(parser, body);
        });
    }

    private InboundBatch alone(CloudEventFields fields) {
        if (fields.bytes > limits.eventBytesMax()) {
            throw new SegmentException(
                    Code.EVENT_TOO_LARGE,
                    "an event has at most " + limits.eventBytesMax() + " bytes, this one has " + fields.bytes);
        }
        String fault = fields.fault();
        if (fault != null) {
            throw new SegmentException(Code.MALFORMED_EVENT, fault);
        }
        return new InboundBatch(null, List.of(fields.toEvent()), 0, 0);
    }

    private InboundBatch many(JsonParser parser, byte[] body) throws IOException {
        var events = new ArrayList<InboundEvent>();
        int oversize = 0;
        int malformed = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (events.size() + oversize + malformed == limits.eventsMax()) {
                throw new SegmentException(
                        Code.TOO_MANY_EVENTS,
                        "a body holds at most " + limits.eventsMax() + " events, this one holds more");
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                malformed++;
                continue;
            }
            CloudEventFields fields = CloudEventFields.read(parser, body);
            if (fields.bytes > limits.eventBytesMax()) {
                oversize++;
            } else if (fields.fault() != null) {
                malformed++;
            } else {
                events.add(fields.toEvent());
            }
        }
        return new InboundBatch(null, events, oversize, malformed);
    }

    /** Header values carry anything beyond printable ASCII percent-encoded; a percent sign that begins no byte stands for itself. */
    private static String percentDecoded(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        byte[] plain = new byte[encoded.length];
        int length = 0;
        for (int i = 0; i < encoded.length; i++) {
            int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(encoded[i + 2], 16) : -1;
            if (encoded[i] == '%' && low >= 0) {
                plain[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                plain[length++] = encoded[i];
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }
}

package dev.heliograph.protocol.segment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.segment.InboundEvent.Content;
import dev.heliograph.protocol.segment.InboundEvent.Context;
import dev.heliograph.protocol.segment.InboundEvent.Names;
import dev.heliograph.protocol.segment.InboundEvent.Person;
import dev.heliograph.protocol.segment.InboundEvent.Times;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attributes of one CloudEvent while it is being read. Confined to the thread that reads. */
final class CloudEventFields {
    /** Those that are used: four required ones, {@code time}, and the extensions for tracing and sampling. */
    static final List<String> ATTRIBUTES =
            List.of("specversion", "id", "source", "type", "time", "traceparent", "correlationid", "sampledrate");

    private @Nullable String specVersion;
    private @Nullable String id;
    private @Nullable String source;
    private @Nullable String type;
    private @Nullable String time;
    private @Nullable String traceParent;
    private @Nullable String correlationId;
    private @Nullable String sampledRate;

    @Nullable
    Slice data;

    int bytes;

    /** @param parser stands on the opening brace; is left on the closing one */
    static CloudEventFields read(JsonParser parser, byte[] body) throws IOException {
        var fields = new CloudEventFields();
        int from = Json.start(parser);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals("data")) {
                fields.data = Json.object(parser, body);
            } else {
                fields.set(name, Json.text(parser));
            }
        }
        fields.bytes = Json.end(parser) - from;
        return fields;
    }

    void set(String name, @Nullable String value) {
        switch (name) {
            case "specversion" -> specVersion = value;
            case "id" -> id = value;
            case "source" -> source = value;
            case "type" -> type = value;
            case "time" -> time = value;
            case "traceparent" -> traceParent = value;
            case "correlationid" -> correlationId = value;
            case "sampledrate" -> sampledRate = value;
            default -> {}
        }
    }

    /** What is missing before this can be a CloudEvent; null if nothing is. */
    @Nullable
    String fault() {
        if (!"1.0".equals(specVersion)) {
            return "expected a CloudEvent with \"specversion\" 1.0";
        }
        boolean complete = present(id) && present(source) && present(type);
        return complete ? null : "a CloudEvent needs \"id\", \"source\" and \"type\" that are strings";
    }

    private static boolean present(@Nullable String value) {
        return value != null && !value.isEmpty();
    }

    InboundEvent toEvent() {
        return new InboundEvent(
                new Names("track", type, null, null),
                id,
                Person.NOBODY,
                new Times(time, null, null, null),
                new Content(data, null, bytes),
                new Context(null, trace(), null, source == null ? "" : source, represents()));
    }

    /** The trace id of W3C's {@code traceparent} ({@code 00-{32 hex}-{16 hex}-{2 hex}}), else the correlation id. */
    private @Nullable String trace() {
        if (traceParent != null
                && traceParent.length() >= 55
                && traceParent.charAt(2) == '-'
                && traceParent.charAt(35) == '-') {
            return traceParent.substring(3, 35);
        }
        return present(correlationId) ? correlationId : null;
    }

    private double represents() {
        if (sampledRate == null
                || sampledRate.length() > 9
                || !sampledRate.chars().allMatch(Character::isDigit)) {
            return 1;
        }
        return sampledRate.isEmpty() ? 1 : Math.max(1, Integer.parseInt(sampledRate));
    }
}

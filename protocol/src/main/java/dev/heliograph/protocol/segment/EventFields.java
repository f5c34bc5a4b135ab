package dev.heliograph.protocol.segment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.segment.InboundEvent.Content;
import dev.heliograph.protocol.segment.InboundEvent.Context;
import dev.heliograph.protocol.segment.InboundEvent.Names;
import dev.heliograph.protocol.segment.InboundEvent.Person;
import dev.heliograph.protocol.segment.InboundEvent.Times;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one event of the common spec while its object is being read. One pass locates all of them; unknown ones are skipped. Source: Segment,
 * "Spec: Common Fields". Confined to the thread that reads.
 */
final class EventFields {
    private @Nullable String type;
    private @Nullable String event;
    private @Nullable String name;
    private @Nullable String category;
    private @Nullable String messageId;
    private @Nullable String userId;
    private @Nullable String anonymousId;
    private @Nullable String groupId;
    private @Nullable String timestamp;
    private @Nullable String originalTimestamp;
    private @Nullable String sentAt;
    private @Nullable String receivedAt;
    private @Nullable String writeKey;
    private @Nullable Slice properties;
    private @Nullable Slice traits;
    private ContextFields context = ContextFields.NONE;
    private int bytes;

    private EventFields() {}

    /** @param parser stands on the opening brace; is left on the closing one */
    static EventFields read(JsonParser parser, byte[] body) throws IOException {
        var fields = new EventFields();
        int from = Json.start(parser);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            fields.take(key, parser, body);
        }
        fields.bytes = Json.end(parser) - from;
        return fields;
    }

    private void take(String key, JsonParser parser, byte[] body) throws IOException {
        switch (key) {
            case "type" -> type = Json.text(parser);
            case "event" -> event = Json.text(parser);
            case "name" -> name = Json.text(parser);
            case "category" -> category = Json.text(parser);
            case "messageId" -> messageId = Json.text(parser);
            case "userId" -> userId = Json.text(parser);
            case "anonymousId" -> anonymousId = Json.text(parser);
            case "groupId" -> groupId = Json.text(parser);
            case "timestamp" -> timestamp = Json.text(parser);
            case "originalTimestamp" -> originalTimestamp = Json.text(parser);
            case "sentAt" -> sentAt = Json.text(parser);
            case "receivedAt" -> receivedAt = Json.text(parser);
            case "writeKey" -> writeKey = Json.text(parser);
            case "properties" -> properties = Json.object(parser, body);
            case "traits" -> traits = Json.object(parser, body);
            case "context" -> context = ContextFields.read(parser, body);
            default -> parser.skipChildren();
        }
    }

    int bytes() {
        return bytes;
    }

    @Nullable
    String type() {
        return type;
    }

    @Nullable
    String userId() {
        return userId;
    }

    @Nullable
    String writeKey() {
        return writeKey;
    }

    /** What is missing before this can be an event of that type; null if nothing is. */
    static @Nullable String fault(@Nullable String type, @Nullable String event) {
        if (type == null || type.isEmpty()) {
            return "an event needs a \"type\" that is a string";
        }
        return type.equals("track") && (event == null || event.isEmpty())
                ? "a track needs an \"event\" that is a string"
                : null;
    }

    @Nullable
    String fault(@Nullable String typeOfPath) {
        return fault(typeOfPath == null ? type : typeOfPath, event);
    }

    /**
     * The event itself, which must have no {@link #fault}.
     *
     * @param typeOfPath the type that the request's path names; it wins over the body's
     * @param batchSentAt holds if the event has none of its own
     * @param batchContext holds field by field where the event's own context has nothing
     */
    InboundEvent toEvent(@Nullable String typeOfPath, @Nullable String batchSentAt, ContextFields batchContext) {
        String sure = typeOfPath != null ? typeOfPath : type != null ? type : "";
        ContextFields merged = context.orElse(batchContext);
        return new InboundEvent(
                new Names(sure, event, name, category),
                messageId == null || messageId.isEmpty() ? null : messageId,
                person(),
                new Times(timestamp, originalTimestamp, sentAt != null ? sentAt : batchSentAt, receivedAt),
                new Content(properties, traits != null ? traits : merged.traits(), bytes),
                new Context(merged.sessionId(), null, merged.consent(), "", 1));
    }

    private Person person() {
        return userId == null && anonymousId == null && groupId == null
                ? Person.NOBODY
                : new Person(present(userId), present(anonymousId), present(groupId));
    }

    private static @Nullable String present(@Nullable String id) {
        return id == null || id.isEmpty() ? null : id;
    }
}

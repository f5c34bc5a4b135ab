package dev.heliograph.protocol.segment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The few parts of {@code context} that are used.
 *
 * @param sessionId {@code sessionId}, as RudderStack's SDKs send it
 * @param consent {@code consent.categoryPreferences}
 */
record ContextFields(
        @Nullable String sessionId,
        @Nullable Slice consent,
        @Nullable Slice traits) {
    static final ContextFields NONE = new ContextFields(null, null, null);

    /** @param parser stands on the value of {@code context}, which may be anything; is left on its last token */
    static ContextFields read(JsonParser parser, byte[] body) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return NONE;
        }
        String sessionId = null;
        Slice consent = null;
        Slice traits = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "sessionId" -> sessionId = Json.text(parser);
                case "consent" -> consent = preferences(parser, body);
                case "traits" -> traits = Json.object(parser, body);
                default -> parser.skipChildren();
            }
        }
        return sessionId == null && consent == null && traits == null
                ? NONE
                : new ContextFields(sessionId, consent, traits);
    }

    private static @Nullable Slice preferences(JsonParser parser, byte[] body) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return null;
        }
        Slice preferences = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = parser.currentName().equals("categoryPreferences");
            parser.nextToken();
            if (wanted) {
                preferences = Json.object(parser, body);
            } else {
                parser.skipChildren();
            }
        }
        return preferences;
    }

    /** This, and where it has nothing, the other. */
    ContextFields orElse(ContextFields other) {
        if (other.isEmpty()) {
            return this;
        }
        return new ContextFields(
                sessionId != null ? sessionId : other.sessionId,
                consent != null ? consent : other.consent,
                traits != null ? traits : other.traits);
    }

    private boolean isEmpty() {
        return sessionId == null && consent == null && traits == null;
    }
}

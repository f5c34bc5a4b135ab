package dev.heliograph.protocol.segment;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Opens bodies with Jackson's streaming parser: strict UTF-8, duplicate keys refused, depth and lengths bounded, nothing behind the value. One for
 * all requests. Any thread.
 */
final class Json {
    static final int DEPTH_MAX = 32;
    static final int NUMBER_LENGTH_MAX = 1_000;
    /** The parser remembers names, thousands of them, and senders choose them. */
    static final int NAME_LENGTH_MAX = 1_024;

    private final JsonFactory factory;

    /** @param bytesMax bound of a whole body, and so of any string in it */
    Json(int bytesMax) {
        this.factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH_MAX)
                        .maxNumberLength(NUMBER_LENGTH_MAX)
                        .maxNameLength(NAME_LENGTH_MAX)
                        .maxStringLength(bytesMax)
                        .maxDocumentLength(bytesMax)
                        .build())
                .recyclerPool(JsonRecyclerPools.newBoundedPool(32))
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }

    /** Reads the one value of a body. */
    @FunctionalInterface
    interface Reading<T extends @Nullable Object> {
        /** @param parser stands on the value's first token; is to be left on its last */
        T read(JsonParser parser) throws IOException;
    }

    <T extends @Nullable Object> T read(byte[] body, Reading<T> reading) {
        int fault = Utf8.firstFault(body);
        if (fault >= 0) {
            throw malformed("byte " + fault + " is not UTF-8");
        }
        try (JsonParser parser = factory.createParser(body)) {
            if (parser.nextToken() == null) {
                throw malformed("the body is empty");
            }
            T result = reading.read(parser);
            if (parser.nextToken() != null) {
                throw malformed("something follows the JSON value");
            }
            return result;
        } catch (JsonProcessingException e) {
            throw malformed(e.getOriginalMessage() + where(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String where(JsonProcessingException e) {
        return e.getLocation() == null ? "" : " (at byte " + e.getLocation().getByteOffset() + ")";
    }

    private static SegmentException malformed(String what) {
        return new SegmentException(
                SegmentException.Code.MALFORMED_JSON, "expected one JSON value in UTF-8, but " + what);
    }

    /** Where the current token, the opening of an object or array, begins. */
    static int start(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Behind the current token. */
    static int end(JsonParser parser) {
        return (int) parser.currentLocation().getByteOffset();
    }

    /** The current value as text if it is a string or a number, else null; moves to its end. */
    static @Nullable String text(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }

    /** The current value if it is an object, else null; moves to its end. */
    static @Nullable Slice object(JsonParser parser, byte[] body) throws IOException {
        boolean object = parser.currentToken() == JsonToken.START_OBJECT;
        int from = object ? start(parser) : 0;
        parser.skipChildren();
        return object ? new Slice(body, from, end(parser)) : null;
    }
}

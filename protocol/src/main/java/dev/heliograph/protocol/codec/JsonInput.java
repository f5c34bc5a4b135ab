package dev.heliograph.protocol.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.util.Arrays;

/** Reads JSON from an array, within bounds, and cuts values out of it as they stand. Stateless; any thread. */
public final class JsonInput {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(64)
                    .maxNameLength(256)
                    .maxStringLength(1 << 20)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // UTF-8 only: what is cut out is cut at its bytes
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /** The bounds of what is published are those of the door that it came by, and are no matter any more. */
    private static final JsonFactory BOUNDLESS = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private JsonInput() {}

    /** @param json UTF-8, already checked: the parser does not look at what it skips */
    public static JsonParser parser(byte[] json) throws IOException {
        return FACTORY.createParser(json);
    }

    /** Of what is published, which is well formed, as {@link RawJson} promises: it can be read whatever it holds. */
    public static JsonParser published(RawJson json) throws IOException {
        return BOUNDLESS.createParser(json.utf8());
    }

    /** Cuts out the value that the parser stands on, and leaves it on the value's last token. */
    public static RawJson cut(JsonParser parser, byte[] json) throws IOException {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            parser.finishToken();
        } else {
            parser.skipChildren();
        }
        int to = (int) parser.currentLocation().getByteOffset();
        return new RawJson(Arrays.copyOfRange(json, from, to));
    }
}

package dev.heliograph.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.SubscribeOptions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads what a subscriber asks of one channel, field by field in whatever order they come. */
final class OptionsReader {
    private final JsonParser parser;
    private final @Nullable String requestId;
    private @Nullable Filter filter;
    private double sampleRate = SubscribeOptions.NONE.sampleRate();
    private double maxPerSecond = SubscribeOptions.NONE.maxPerSecond();
    private int last = SubscribeOptions.NONE.last();
    private boolean state = SubscribeOptions.NONE.state();
    private @Nullable String watchSessionId;

    OptionsReader(JsonParser parser, @Nullable String requestId) {
        this.parser = parser;
        this.requestId = requestId;
    }

    /** The parser stands on the field's value. A field that is not known is passed over; null is as good as absent. */
    void read(String field) throws IOException, DecodeException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        switch (field) {
            case "filter" -> filter = new FilterReader(parser, requestId).read();
            case "sampleRate" -> sampleRate = number(field, 0, false, 1);
            case "maxPerSecond" ->
                maxPerSecond = number(field, SubscribeOptions.PER_SECOND_MIN, true, SubscribeOptions.PER_SECOND_MAX);
            case "last" -> last = whole(field, SubscribeOptions.LAST_MAX);
            case "state" -> state = bool(field);
            case "watchSessionId" -> watchSessionId = id(field);
            default -> parser.skipChildren();
        }
    }

    SubscribeOptions toOptions() {
        return new SubscribeOptions(filter, sampleRate, maxPerSecond, last, state, watchSessionId);
    }

    private double number(String field, double min, boolean minIsIn, double max) throws IOException, DecodeException {
        double value = parser.currentToken().isNumeric() ? parser.getDoubleValue() : Double.NaN;
        boolean inside = minIsIn ? value >= min : value > min;
        if (!inside || value > max) {
            throw bad(field, "a number " + (minIsIn ? "from " : "above ") + plain(min) + " up to " + plain(max));
        }
        return value;
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    private int whole(String field, int max) throws IOException, DecodeException {
        boolean isInt = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() == JsonParser.NumberType.INT;
        int value = isInt ? parser.getIntValue() : -1;
        if (value < 0 || value > max) {
            throw bad(field, "a whole number from 0 to " + max);
        }
        return value;
    }

    private boolean bool(String field) throws DecodeException {
        if (!parser.currentToken().isBoolean()) {
            throw bad(field, "true or false");
        }
        return parser.currentToken() == JsonToken.VALUE_TRUE;
    }

    private String id(String field) throws IOException, DecodeException {
        int max = SubscribeOptions.WATCH_SESSION_ID_LENGTH_MAX;
        String value = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
        if (value.isEmpty() || value.length() > max) {
            throw bad(field, "a string of 1 to " + max + " characters");
        }
        return value;
    }

    private DecodeException bad(String field, String expected) {
        return new DecodeException(ErrorCode.BAD_MESSAGE, "\"" + field + "\" is " + expected, requestId);
    }
}

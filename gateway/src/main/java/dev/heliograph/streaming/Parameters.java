package dev.heliograph.streaming;

import dev.heliograph.http.Request;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.ProtocolException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parameters of a request's query, read as what they are meant to be: one that is not that is refused, by its name. Immutable. */
record Parameters(Request request) {
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final int DIGITS_MAX = 9;

    /** All values of it, in order. */
    List<String> all(String name) {
        return request.query().getOrDefault(name, List.of());
    }

    /** Null if it is absent or empty. */
    @Nullable
    String text(String name) {
        String text = request.parameter(name);
        return text == null || text.isEmpty() ? null : text;
    }

    /** A whole number within bounds. */
    int whole(String name, int min, int max, int fallback) {
        String text = request.parameter(name);
        if (text == null) {
            return fallback;
        }
        if (!text.isEmpty() && text.length() <= DIGITS_MAX && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw bad(name, "a whole number, " + min + " to " + max);
    }

    /** A number within bounds; {@code expected} names them. */
    double decimal(String name, double min, double max, String expected, double fallback) {
        String text = request.parameter(name);
        if (text == null) {
            return fallback;
        }
        double number = DECIMAL.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
        if (number >= min && number <= max) {
            return number;
        }
        throw bad(name, expected);
    }

    boolean flag(String name) {
        String text = request.parameter(name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw bad(name, "true or false");
    }

    @Nullable
    Filter filter(String name) {
        String json = text(name);
        try {
            return json == null ? null : NativeCodec.filter(json);
        } catch (DecodeException e) {
            throw new ProtocolException(e.code(), String.valueOf(e.getMessage()));
        }
    }

    static ProtocolException bad(String name, String expected) {
        return new ProtocolException(ErrorCode.BAD_MESSAGE, name + " is " + expected);
    }
}

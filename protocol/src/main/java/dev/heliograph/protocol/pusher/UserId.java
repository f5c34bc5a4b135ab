package dev.heliograph.protocol.pusher;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.message.JsonBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who a member of a presence channel is. Apps sign it as a string or as a number, and members see it as it was signed: clients compare it with what their own
 * server has told them, and those of Pusher are written for both. Two ids are the same if their text is, since a browser looks both up under that text.
 *
 * @param text 1 to 128 characters
 * @param number whether it was signed as a number
 */
public record UserId(String text, boolean number) {
    /** Longest id, in characters. */
    public static final int LENGTH_MAX = 128;

    /** The greatest whole number that a browser tells from its neighbours; from there on its text would be another one's. */
    static final long NUMBER_MAX = (1L << 53) - 1;

    private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,15}");

    static final String RULE = "a string of 1 to " + LENGTH_MAX + " characters or a whole number of at most 2^53 - 1";

    public UserId {
        if (!isValid(text) || (number && !isNumber(text))) {
            throw new IllegalArgumentException("a user id is " + RULE + ", not '" + Cited.shortly(text) + "'");
        }
    }

    public static UserId of(String text) {
        return new UserId(text, false);
    }

    /** The id that the parser stands on; null if it is none. */
    static @Nullable UserId read(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            String text = parser.getText();
            return isValid(text) ? of(text) : null;
        }
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return isNumber(parser.getText()) ? new UserId(parser.getText(), true) : null;
        }
        parser.skipChildren();
        return null;
    }

    /** A number whose text is the one that a browser gives it. */
    private static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches() && Math.abs(Long.parseLong(text)) <= NUMBER_MAX;
    }

    private static boolean isValid(String text) {
        return !text.isEmpty()
                && text.length() <= LENGTH_MAX
                && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** A string or a number, as it was signed. */
    JsonBytes writeTo(JsonBytes out) {
        return number ? out.raw(text) : out.string(text);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UserId id && id.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}

package dev.heliograph.pipeline;

import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.segment.JsonCursor;
import dev.heliograph.protocol.segment.Slice;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies an object, leaving out every entry whose name is not on the allow-list, then replacing by {@code "[redacted]"} what a detector finds in the rest, at
 * any depth: values under names that are sensitive, texts and numbers that look it, and what is nested too deep to be worth the search. Query strings are
 * cut off URLs. What need not change is copied byte by byte. Immutable; any thread.
 */
final class Redactor {
    /** Values nested deeper, the object itself being the first level, are replaced. */
    static final int DEPTH_MAX = 8;

    /** Longer numbers are replaced: no reader would keep their value. */
    private static final int NUMBER_LENGTH_MAX = 64;

    private static final byte[] REDACTED = "\"[redacted]\"".getBytes(StandardCharsets.UTF_8);

    private final Map<String, Boolean> allowed = new HashMap<>();
    private final String captured;

    /**
     * @param names top-level names that pass
     * @param captured the name whose value {@link #copy} and {@link #captured} return, whether it passes or not; empty for none
     */
    Redactor(Set<String> names, String captured) {
        names.forEach(name -> allowed.put(name, KeyDetector.isSensitive(name)));
        this.captured = captured;
    }

    /**
     * Writes what may be seen of the object.
     *
     * @param tally is told how many values were replaced
     * @return the captured entry's value as text, unredacted; null if it is neither string nor number
     */
    @Nullable
    String copy(Slice object, JsonBytes out, Tally tally) {
        var cursor = new JsonCursor(object);
        String found = null;
        char separator = '{';
        cursor.enter();
        while (cursor.next()) {
            String name = cursor.name();
            if (name.equals(captured) && found == null) {
                found = textAhead(cursor, object);
            }
            Boolean sensitive = allowed.get(name);
            if (sensitive == null) {
                cursor.skip();
                continue;
            }
            out.raw(separator).string(name).raw(':');
            separator = ',';
            value(cursor, sensitive, 2, out, tally);
        }
        if (separator == '{') {
            out.raw('{');
        }
        out.raw('}');
        return found;
    }

    /** The captured entry's value, as {@link #copy} returns it, for who needs nothing else of the object. */
    @Nullable
    String captured(Slice object) {
        var cursor = new JsonCursor(object);
        cursor.enter();
        while (cursor.next()) {
            if (cursor.name().equals(captured)) {
                return textAhead(cursor, object);
            }
            cursor.skip();
        }
        return null;
    }

    private static @Nullable String textAhead(JsonCursor cursor, Slice object) {
        return text(new JsonCursor(new Slice(cursor.bytes(), cursor.position(), object.to())));
    }

    private static @Nullable String text(JsonCursor cursor) {
        char first = cursor.ahead();
        if (first == '"') {
            return cursor.string();
        }
        if (first != '-' && (first < '0' || first > '9')) {
            return null;
        }
        return number(cursor);
    }

    private static String number(JsonCursor cursor) {
        cursor.ahead();
        int from = cursor.position();
        cursor.skip();
        return new String(cursor.bytes(), from, cursor.position() - from, StandardCharsets.US_ASCII);
    }

    private static void value(JsonCursor cursor, boolean sensitive, int depth, JsonBytes out, Tally tally) {
        char first = cursor.ahead();
        if (sensitive && first != 'n') {
            replace(cursor, out, tally);
        } else {
            switch (first) {
                case '{', '[' -> nested(cursor, first == '{', depth, out, tally);
                case '"' -> string(cursor, out, tally);
                case 't', 'f', 'n' -> unchanged(cursor, out);
                default -> number(cursor, out, tally);
            }
        }
    }

    private static void nested(JsonCursor cursor, boolean object, int depth, JsonBytes out, Tally tally) {
        if (depth > DEPTH_MAX) {
            replace(cursor, out, tally);
            return;
        }
        out.raw(object ? '{' : '[');
        boolean first = true;
        cursor.enter();
        while (cursor.next()) {
            String name = object ? cursor.name() : "";
            if (ValueDetector.isSensitive(name)) {
                cursor.skip(); // an index by e-mail address, say: there is nothing to put in the name's place
                tally.redacted(1);
                continue;
            }
            if (!first) {
                out.raw(',');
            }
            first = false;
            if (object) {
                out.string(name).raw(':');
            }
            value(cursor, object && KeyDetector.isSensitive(name), depth + 1, out, tally);
        }
        out.raw(object ? '}' : ']');
    }

    private static void string(JsonCursor cursor, JsonBytes out, Tally tally) {
        int from = cursor.position();
        String text = cursor.string();
        String cut = Urls.withoutQueries(text);
        if (ValueDetector.isSensitive(cut)) {
            out.raw(REDACTED);
            tally.redacted(1);
        } else if (cut.length() < text.length()) {
            out.string(cut);
            tally.redacted(1);
        } else {
            out.raw(cursor.bytes(), from, cursor.position());
        }
    }

    private static void number(JsonCursor cursor, JsonBytes out, Tally tally) {
        int from = cursor.position();
        String digits = number(cursor);
        if (digits.length() > NUMBER_LENGTH_MAX || CardNumbers.within(digits)) {
            out.raw(REDACTED);
            tally.redacted(1);
        } else {
            out.raw(cursor.bytes(), from, cursor.position());
        }
    }

    private static void unchanged(JsonCursor cursor, JsonBytes out) {
        int from = cursor.position();
        cursor.skip();
        out.raw(cursor.bytes(), from, cursor.position());
    }

    private static void replace(JsonCursor cursor, JsonBytes out, Tally tally) {
        cursor.skip();
        out.raw(REDACTED);
        tally.redacted(1);
    }
}

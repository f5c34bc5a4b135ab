package dev.heliograph.protocol.segment;

import java.nio.charset.StandardCharsets;

/**
 * Walks a JSON value that a parser has already found well formed, so it checks nothing and allocates nothing but the strings it is asked for. One
 * thread.
 *
 * <pre>{@code
 * cursor.enter();
 * while (cursor.next()) {
 *     String name = cursor.name();
 *     cursor.skip();
 * }
 * }</pre>
 */
public final class JsonCursor {
    private final byte[] json;
    private int at;

    public JsonCursor(Slice value) {
        this.json = value.body();
        this.at = value.from();
    }

    /** The first character of the value ahead: one of <code>{ [ " t f n -</code> or a digit. */
    public char ahead() {
        skipBlank();
        return (char) json[at];
    }

    /** Index of the value ahead, once {@link #ahead} has been asked, or behind the value last skipped. */
    public int position() {
        return at;
    }

    public byte[] bytes() {
        return json;
    }

    /** Goes into the object or array ahead. */
    public void enter() {
        skipBlank();
        at++;
    }

    /** Goes to the next entry or element; at the end leaves the object or array and says false. */
    public boolean next() {
        skipBlank();
        if (json[at] == ',') {
            at++;
            skipBlank();
        }
        if (json[at] == '}' || json[at] == ']') {
            at++;
            return false;
        }
        return true;
    }

    /** Reads the entry's name; its value is ahead then. */
    public String name() {
        String name = string();
        skipBlank();
        at++;
        return name;
    }

    /** Reads the string ahead. */
    public String string() {
        skipBlank();
        int from = at + 1;
        skipString();
        int to = at - 1;
        for (int i = from; i < to; i++) {
            if (json[i] == '\\') {
                return unescape(new String(json, from, to - from, StandardCharsets.UTF_8));
            }
        }
        return new String(json, from, to - from, StandardCharsets.UTF_8);
    }

    /** Goes behind the value ahead. */
    public void skip() {
        switch (ahead()) {
            case '"' -> skipString();
            case '{', '[' -> skipNested();
            default -> skipScalar();
        }
    }

    private void skipBlank() {
        while (json[at] <= ' ' && json[at] >= 0) {
            at++;
        }
    }

    private void skipString() {
        at++;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        at++;
    }

    private void skipNested() {
        int depth = 0;
        do {
            byte b = json[at];
            if (b == '"') {
                skipString();
            } else {
                depth += b == '{' || b == '[' ? 1 : b == '}' || b == ']' ? -1 : 0;
                at++;
            }
        } while (depth > 0);
    }

    private void skipScalar() {
        while (at < json.length && json[at] > ' ' && json[at] != ',' && json[at] != '}' && json[at] != ']') {
            at++;
        }
    }

    private static String unescape(String text) {
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            c = text.charAt(++i);
            switch (c) {
                case 'n' -> plain.append('\n');
                case 't' -> plain.append('\t');
                case 'r' -> plain.append('\r');
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'u' -> {
                    plain.append((char) Integer.parseInt(text, i + 1, i + 5, 16));
                    i += 4;
                }
                default -> plain.append(c);
            }
        }
        return plain.toString();
    }
}

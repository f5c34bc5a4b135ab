package dev.heliograph.protocol.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** JSON being put together as bytes, from pieces that are JSON already and strings that are escaped on the way, in one array that grows. One thread. */
public final class JsonBytes {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes;
    private int length;

    /** @param capacity bytes that are expected */
    public JsonBytes(int capacity) {
        this.bytes = new byte[capacity];
    }

    public int length() {
        return length;
    }

    /** Back to that length. */
    public void cut(int to) {
        length = to;
    }

    public JsonBytes raw(byte[] source) {
        return raw(source, 0, source.length);
    }

    public JsonBytes raw(byte[] source, int from, int to) {
        room(to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
        return this;
    }

    public JsonBytes raw(JsonBytes source, int from, int to) {
        return raw(source.bytes, from, to);
    }

    /** ASCII that is JSON already. */
    @SuppressWarnings("deprecation") // the one copy of a string's bytes without an encoder
    public JsonBytes raw(String ascii) {
        int count = ascii.length();
        room(count);
        ascii.getBytes(0, count, bytes, length);
        length += count;
        return this;
    }

    public JsonBytes raw(RawJson json) {
        return raw(json.utf8());
    }

    public JsonBytes number(long value) {
        return raw(Long.toString(value));
    }

    public JsonBytes stringOrNull(@Nullable String text) {
        return text == null ? raw("null") : string(text);
    }

    public JsonBytes raw(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** A string in quotes, escaped where it must be; half a surrogate pair becomes the replacement character, since UTF-8 cannot say it. */
    public JsonBytes string(String text) {
        room(6 * text.length() + 2);
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                i += wide(text, i);
            } else if (c < ' ' || c == '"' || c == '\\') {
                escape(c);
            } else {
                bytes[length++] = (byte) c;
            }
        }
        bytes[length++] = '"';
        return this;
    }

    /** A string in quotes that says these UTF-8 bytes, as JSON inside JSON is said: escaped where it must be, else as it stands. */
    public JsonBytes quoted(byte[] utf8) {
        return quoted(utf8, utf8.length);
    }

    /** A string in quotes that says what the other has put together. */
    public JsonBytes quoted(JsonBytes source) {
        return quoted(source.bytes, source.length);
    }

    private JsonBytes quoted(byte[] utf8, int to) {
        room(to + 2);
        bytes[length++] = '"';
        int from = 0;
        for (int i = 0; i < to; i++) {
            byte b = utf8[i];
            if (b == '"' || b == '\\' || (b >= 0 && b < ' ')) {
                raw(utf8, from, i);
                room(6);
                escape((char) b);
                from = i + 1;
            }
        }
        return raw(utf8, from, to).raw('"');
    }

    private void escape(char c) {
        bytes[length++] = '\\';
        if (c >= ' ') {
            bytes[length++] = (byte) c;
            return;
        }
        bytes[length++] = 'u';
        bytes[length++] = '0';
        bytes[length++] = '0';
        bytes[length++] = HEX[c >> 4];
        bytes[length++] = HEX[c & 15];
    }

    /** Returns how many further characters of the text it has used. */
    private int wide(String text, int at) {
        int code = text.codePointAt(at);
        if (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE) {
            code = 0xfffd;
        }
        if (code < 0x800) {
            bytes[length++] = (byte) (0xc0 | (code >> 6));
        } else {
            if (code < 0x10000) {
                bytes[length++] = (byte) (0xe0 | (code >> 12));
            } else {
                bytes[length++] = (byte) (0xf0 | (code >> 18));
                bytes[length++] = (byte) (0x80 | ((code >> 12) & 63));
            }
            bytes[length++] = (byte) (0x80 | ((code >> 6) & 63));
        }
        bytes[length++] = (byte) (0x80 | (code & 63));
        return code < 0x10000 ? 0 : 1;
    }

    /** A number of that many digits, with leading zeros. */
    public JsonBytes digits(int number, int count) {
        room(count);
        int rest = number;
        for (int at = length + count - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += count;
        return this;
    }

    private void room(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    /** What has been put together, not to be added to any more. */
    public byte[] toBytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** A copy of what has been put together. */
    public RawJson toJson() {
        return new RawJson(Arrays.copyOf(bytes, length));
    }
}

package dev.heliograph.pipeline;

import dev.heliograph.protocol.message.RawJson;
import java.util.Arrays;

/** Bytes of JSON being put together, in one array that grows. One thread. */
final class JsonOut {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes;
    private int length;

    JsonOut(int capacity) {
        this.bytes = new byte[capacity];
    }

    int length() {
        return length;
    }

    /** Back to that length. */
    void cut(int to) {
        length = to;
    }

    JsonOut raw(byte[] source) {
        return raw(source, 0, source.length);
    }

    JsonOut raw(byte[] source, int from, int to) {
        room(to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
        return this;
    }

    JsonOut raw(JsonOut source, int from, int to) {
        return raw(source.bytes, from, to);
    }

    JsonOut raw(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** A string in quotes, escaped where it must be; half a surrogate pair becomes the replacement character, since UTF-8 cannot say it. */
    JsonOut string(String text) {
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
    JsonOut digits(int number, int count) {
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

    /** A copy of what has been put together. */
    RawJson toJson() {
        return new RawJson(Arrays.copyOf(bytes, length));
    }
}

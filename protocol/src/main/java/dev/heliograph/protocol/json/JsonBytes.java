package dev.heliograph.protocol.json;

import dev.heliograph.protocol.message.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Builds one JSON text as bytes from pieces that are already JSON and from strings that are escaped on the way. One thread. */
final class JsonBytes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int length;

    JsonBytes(int expectedLength) {
        bytes = new byte[expectedLength];
    }

    /** Appends ASCII that is JSON already. */
    @SuppressWarnings(
            "deprecation") // getBytes(int,int,byte[],int) is the one copy without an encoder; the text is ASCII
    JsonBytes raw(String ascii) {
        int n = ascii.length();
        ensure(n);
        ascii.getBytes(0, n, bytes, length);
        length += n;
        return this;
    }

    JsonBytes raw(RawJson json) {
        byte[] utf8 = json.utf8();
        ensure(utf8.length);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
        return this;
    }

    JsonBytes number(long value) {
        return raw(Long.toString(value));
    }

    JsonBytes stringOrNull(@Nullable String value) {
        return value == null ? raw("null") : string(value);
    }

    /** Appends a string with its quotes. A lone surrogate becomes U+FFFD, so that the text stays valid UTF-8. */
    JsonBytes string(String value) {
        int n = value.length();
        ensure(2 + 6 * n);
        bytes[length++] = '"';
        for (int i = 0; i < n; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                i += unicode(value, i);
            } else if (c < 0x20 || c == '"' || c == '\\') {
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
        if (c >= 0x20) {
            bytes[length++] = (byte) c;
            return;
        }
        bytes[length++] = 'u';
        bytes[length++] = '0';
        bytes[length++] = '0';
        bytes[length++] = HEX[c >> 4];
        bytes[length++] = HEX[c & 15];
    }

    /** Appends the code point at {@code i}; returns how many further chars it took. */
    private int unicode(String value, int i) {
        int point = value.codePointAt(i);
        int taken = Character.charCount(point) - 1;
        if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            point = 0xFFFD;
        }
        if (point < 0x800) {
            bytes[length++] = (byte) (0xC0 | (point >> 6));
        } else {
            if (point < 0x10000) {
                bytes[length++] = (byte) (0xE0 | (point >> 12));
            } else {
                bytes[length++] = (byte) (0xF0 | (point >> 18));
                bytes[length++] = continuation(point >> 12);
            }
            bytes[length++] = continuation(point >> 6);
        }
        bytes[length++] = continuation(point);
        return taken;
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | (bits & 0x3F));
    }

    byte[] toBytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}

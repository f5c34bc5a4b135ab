package dev.heliograph.protocol.message;

import java.nio.charset.StandardCharsets;

/** One JSON value, already encoded as UTF-8 and known to be well formed; it is put into frames as it is. Immutable: the array is never changed. */
public final class RawJson {
    public static final RawJson NULL = of("null");
    public static final RawJson EMPTY_OBJECT = of("{}");

    private final byte[] utf8;

    /** @param utf8 one well-formed JSON value; the caller gives the array away */
    public RawJson(byte[] utf8) {
        this.utf8 = utf8;
    }

    public static RawJson of(String json) {
        return new RawJson(json.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes themselves, not a copy: only to be read. */
    public byte[] utf8() {
        return utf8;
    }

    public int length() {
        return utf8.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawJson json && java.util.Arrays.equals(utf8, json.utf8);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(utf8);
    }

    @Override
    public String toString() {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}

package dev.heliograph.broker.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Fields of a record, one behind the other. One thread. */
final class Fields {
    private ByteBuffer out;

    /** @param capacity how long the record will be, about */
    Fields(int capacity) {
        out = ByteBuffer.allocate(capacity);
    }

    void octet(byte value) {
        room(1).put(value);
    }

    void flag(boolean value) {
        octet((byte) (value ? 1 : 0));
    }

    void number(long value) {
        room(Long.BYTES).putLong(value);
    }

    void text(String value) {
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    void optional(@Nullable String value) {
        flag(value != null);
        if (value != null) {
            text(value);
        }
    }

    void bytes(byte[] value) {
        room(Integer.BYTES + value.length).putInt(value.length).put(value);
    }

    private ByteBuffer room(int more) {
        if (out.remaining() < more) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * out.capacity(), out.position() + more));
            out = larger.put(out.flip());
        }
        return out;
    }

    byte[] toBytes() {
        return Arrays.copyOf(out.array(), out.position());
    }

    static boolean flag(ByteBuffer in) {
        return in.get() != 0;
    }

    static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    static @Nullable String optional(ByteBuffer in) {
        return flag(in) ? text(in) : null;
    }

    static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a field is longer than its record");
        }
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }
}

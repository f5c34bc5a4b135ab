package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.CloseCode;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Whole server frames (RFC 6455 section 5.2: FIN set, unmasked, shortest length form) as bytes ready for the socket; any thread. */
public final class Frames {
    static final int FIN = 0x80;
    /** Of the first frame of a message: compressed (RFC 7692 section 6). */
    static final int RSV1 = 0x40;

    static final int OPCODE_CONTINUATION = 0x0;
    static final int OPCODE_TEXT = 0x1;
    static final int OPCODE_BINARY = 0x2;
    static final int OPCODE_CLOSE = 0x8;
    static final int OPCODE_PING = 0x9;
    static final int OPCODE_PONG = 0xA;
    static final int LENGTH_IN_16_BITS = 126;
    static final int LENGTH_IN_64_BITS = 127;
    static final int LENGTH_16_MAX = 0xFFFF;
    static final int CONTROL_BYTES_MAX = 125;

    /** Stands for a Close without a payload; never on the wire (RFC 6455 section 7.4.1). */
    public static final int NO_STATUS = 1005;

    private static final int REASON_BYTES_MAX = CONTROL_BYTES_MAX - Short.BYTES;

    private Frames() {}

    /** A text frame; the payload must be UTF-8, which is not checked again. */
    public static byte[] text(byte[] payload) {
        return whole(OPCODE_TEXT, payload);
    }

    /** A ping of at most 125 bytes. */
    public static byte[] ping(byte[] payload) {
        requireControl(payload.length);
        return whole(OPCODE_PING, payload);
    }

    /** The answer to a ping of at most 125 bytes, whose readable bytes it copies and leaves unread. */
    public static byte[] pong(ByteBuf payload) {
        int length = payload.readableBytes();
        requireControl(length);
        byte[] frame = headed(OPCODE_PONG, length);
        payload.getBytes(payload.readerIndex(), frame, frame.length - length, length);
        return frame;
    }

    /** A Close; the reason is cut to 123 bytes of UTF-8 at a character's boundary. */
    public static byte[] close(CloseCode code, String reason) {
        return close(code.code(), reason);
    }

    /** The same with a code that another protocol than the native one gives a meaning. */
    public static byte[] close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return close(code, text, fitting(text));
    }

    /** The answer to a client's Close: its own code, or no payload for {@link #NO_STATUS}. */
    public static byte[] closeReply(int code) {
        return code == NO_STATUS ? headed(OPCODE_CLOSE, 0) : close(code, new byte[0], 0);
    }

    private static byte[] close(int code, byte[] reason, int reasonLength) {
        byte[] frame = headed(OPCODE_CLOSE, Short.BYTES + reasonLength);
        int at = frame.length - reasonLength;
        System.arraycopy(reason, 0, frame, at, reasonLength);
        putBigEndian(frame, at - Short.BYTES, Short.BYTES, code);
        return frame;
    }

    private static int fitting(byte[] text) {
        int length = Math.min(text.length, REASON_BYTES_MAX);
        while (length < text.length && (text[length] & 0xC0) == 0x80) {
            length--;
        }
        return length;
    }

    private static void requireControl(int length) {
        if (length > CONTROL_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "control payload is " + length + " bytes, at most " + CONTROL_BYTES_MAX + " are allowed");
        }
    }

    /** A text frame whose payload, the first {@code length} bytes, is compressed. */
    static byte[] compressedText(byte[] payload, int length) {
        return whole(RSV1 | OPCODE_TEXT, payload, length);
    }

    private static byte[] whole(int opcode, byte[] payload) {
        return whole(opcode, payload, payload.length);
    }

    private static byte[] whole(int opcode, byte[] payload, int length) {
        byte[] frame = headed(opcode, length);
        System.arraycopy(payload, 0, frame, frame.length - length, length);
        return frame;
    }

    private static byte[] headed(int opcode, int length) {
        int lengthBytes = length <= CONTROL_BYTES_MAX ? 0 : length <= LENGTH_16_MAX ? Short.BYTES : Long.BYTES;
        byte[] frame = new byte[Math.addExact(2 + lengthBytes, length)];
        frame[0] = (byte) (FIN | opcode);
        frame[1] = (byte)
                switch (lengthBytes) {
                    case 0 -> length;
                    case Short.BYTES -> LENGTH_IN_16_BITS;
                    default -> LENGTH_IN_64_BITS;
                };
        putBigEndian(frame, 2, lengthBytes, length);
        return frame;
    }

    private static void putBigEndian(byte[] frame, int index, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            frame[index + i] = (byte) (value >>> (Byte.SIZE * (bytes - 1 - i)));
        }
    }
}

package dev.heliograph.loadtest;

import java.nio.ByteBuffer;

/** WebSocket frames as bytes (RFC 6455, section 5.2): what a client must read and write of them, no more. */
public final class Frames {
    public static final int TEXT = 1;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    /** The example of RFC 6455: a key that everybody may know, because no intermediary is to be protected here. */
    public static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    /** What a server answers to {@link #KEY}. */
    public static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int SHORT_MAX = 125;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final int HEADER_MAX = 14;
    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

    private Frames() {}

    /** How many bytes the header of the frame at {@code at} has; 0 if not all of them are there. */
    public static int headerBytes(byte[] bytes, int at, int to) {
        if (to - at < 2) {
            return 0;
        }
        int header = switch (bytes[at + 1] & 0x7f) {
            case LENGTH_16 -> 4;
            case LENGTH_64 -> 10;
            default -> 2;
        };
        return to - at < header ? 0 : header;
    }

    /** How many bytes follow the header. */
    public static long payloadBytes(byte[] bytes, int at) {
        int length = bytes[at + 1] & 0x7f;
        if (length <= SHORT_MAX) {
            return length;
        }
        int width = length == LENGTH_16 ? 2 : 8;
        long payload = 0;
        for (int i = 0; i < width; i++) {
            payload = (payload << 8) | (bytes[at + 2 + i] & 0xff);
        }
        return payload;
    }

    public static int opcode(byte[] bytes, int at) {
        return bytes[at] & 0x0f;
    }

    public static boolean isWhole(byte[] bytes, int at) {
        return (bytes[at] & FIN) != 0;
    }

    /** A whole frame from a client, masked as the protocol demands, with the same mask always. */
    public static byte[] encode(int opcode, byte[] payload) {
        var frame = ByteBuffer.allocate(HEADER_MAX + payload.length);
        frame.put((byte) (FIN | opcode));
        if (payload.length <= SHORT_MAX) {
            frame.put((byte) (MASKED | payload.length));
        } else if (payload.length <= 0xffff) {
            frame.put((byte) (MASKED | LENGTH_16)).putShort((short) payload.length);
        } else {
            frame.put((byte) (MASKED | LENGTH_64)).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i & 3]));
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }
}

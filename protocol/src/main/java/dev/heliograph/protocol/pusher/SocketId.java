package dev.heliograph.protocol.pusher;

import org.jspecify.annotations.Nullable;

/**
 * What Pusher calls a connection: digits, a dot, digits. Pusher's server SDKs refuse anything else, since it goes into what is signed.
 *
 * @param text at most 41 characters
 */
public record SocketId(String text) {
    /** As long as two unsigned 64-bit numbers and a dot can be. */
    public static final int LENGTH_MAX = 41;

    public SocketId {
        if (!isValid(text)) {
            throw new IllegalArgumentException(fault(text));
        }
    }

    /** The id of these two numbers, taken as unsigned: others give another id. A connection's has to be one that nobody can guess. */
    public static SocketId of(long first, long second) {
        return new SocketId(Long.toUnsignedString(first) + "." + Long.toUnsignedString(second));
    }

    /** The id that this text is; null if it is none. */
    public static @Nullable SocketId parse(String text) {
        return isValid(text) ? new SocketId(text) : null;
    }

    static String fault(String text) {
        return "Invalid socket id: '" + Cited.shortly(text) + "', expected digits, a dot and digits";
    }

    private static boolean isValid(String text) {
        int dot = text.indexOf('.');
        return text.length() <= LENGTH_MAX && areDigits(text, 0, dot) && areDigits(text, dot + 1, text.length());
    }

    private static boolean areDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return to > from;
    }

    @Override
    public String toString() {
        return text;
    }
}

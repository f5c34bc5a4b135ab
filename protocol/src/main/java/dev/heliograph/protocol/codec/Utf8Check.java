package dev.heliograph.protocol.codec;

import io.netty.buffer.ByteBuf;

/**
 * UTF-8 validity (RFC 3629) of text that arrives in pieces: an {@code int} of state goes in with each piece and comes out after it.
 *
 * <p>The state is {@link #COMPLETE} between characters, {@link #INVALID} from the first byte that no valid text can hold, and inside a
 * character says what must follow:
 *
 * <pre>
 *  bits 16-17: bytes still to come | bits 8-15: least value of the next one | bits 0-7: greatest value of the next one
 * </pre>
 *
 * The bounds of the second byte are what shuts out overlong forms, surrogates and everything above U+10FFFF.
 */
public final class Utf8Check {
    static final int COMPLETE = 0;
    static final int INVALID = -1;

    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    private Utf8Check() {}

    /** Whether all the readable bytes of {@code text} are valid and end between characters. */
    public static boolean isWhole(ByteBuf text) {
        return feed(COMPLETE, text, text.readerIndex(), text.readableBytes()) == COMPLETE;
    }

    /** The state after {@code length} more bytes of {@code text}, beginning at {@code index}. */
    static int feed(int state, ByteBuf text, int index, int length) {
        int at = index;
        int end = index + length;
        int now = state;
        while (at < end && now != INVALID) {
            if (now == COMPLETE) {
                at = skipAscii(text, at, end);
            }
            if (at < end) {
                now = next(now, text.getUnsignedByte(at++));
            }
        }
        return now;
    }

    private static int skipAscii(ByteBuf text, int index, int end) {
        int at = index;
        while (at <= end - Long.BYTES) {
            long high = text.getLongLE(at) & NOT_ASCII;
            if (high != 0) {
                return at + (Long.numberOfTrailingZeros(high) >>> 3);
            }
            at += Long.BYTES;
        }
        return at;
    }

    private static int next(int state, int octet) {
        if (state == COMPLETE) {
            return lead(octet);
        }
        if (octet < ((state >>> 8) & 0xFF) || octet > (state & 0xFF)) {
            return INVALID;
        }
        int following = (state >>> 16) - 1;
        return following == 0 ? COMPLETE : expect(following, 0x80, 0xBF);
    }

    private static int lead(int octet) {
        if (octet < 0x80) {
            return COMPLETE;
        }
        if (octet < 0xC2 || octet > 0xF4) {
            return INVALID;
        }
        if (octet < 0xE0) {
            return expect(1, 0x80, 0xBF);
        }
        return switch (octet) {
            case 0xE0 -> expect(2, 0xA0, 0xBF);
            case 0xED -> expect(2, 0x80, 0x9F);
            case 0xF0 -> expect(3, 0x90, 0xBF);
            case 0xF4 -> expect(3, 0x80, 0x8F);
            default -> expect(octet < 0xF0 ? 2 : 3, 0x80, 0xBF);
        };
    }

    private static int expect(int following, int least, int greatest) {
        return (following << 16) | (least << 8) | greatest;
    }
}

package dev.heliograph.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Judged by the JDK's own decoder. */
class Utf8CheckTest {
    /** The least and the greatest of every class of bytes that UTF-8 tells apart. */
    private static final int[] EDGES = {
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    private final CharsetDecoder reference = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer output = CharBuffer.allocate(16);

    @Test
    void fourBytes_ofEveryEdge_areJudgedAsByTheJdk() {
        byte[] text = new byte[4];
        for (int i = 0; i < EDGES.length * EDGES.length * EDGES.length * EDGES.length; i++) {
            int rest = i;
            for (int at = 0; at < text.length; at++, rest /= EDGES.length) {
                text[at] = (byte) EDGES[rest % EDGES.length];
            }
            requireSameVerdict(text);
        }
    }

    @Test
    void everyCodePoint_isAcceptedUnlessASurrogate() {
        for (int codePoint = 0; codePoint <= 0x1F_FFFF; codePoint++) {
            boolean valid = codePoint <= Character.MAX_CODE_POINT && (codePoint < 0xD800 || codePoint > 0xDFFF);
            byte[] text = encoded(codePoint);
            if (valid != (state(text, 0) == Utf8Check.COMPLETE)) {
                fail("U+" + Integer.toHexString(codePoint));
            }
        }
    }

    @Test
    void badByte_atAnyPlaceInAsciiText_isFound() {
        for (int length = 1; length <= 40; length++) {
            for (int at = 0; at < length; at++) {
                byte[] text = "a".repeat(length).getBytes(StandardCharsets.US_ASCII);
                assertEquals(Utf8Check.COMPLETE, state(text, at % 8));
                text[at] = (byte) 0xFF;
                assertEquals(Utf8Check.INVALID, state(text, at % 8), at + " of " + length);
            }
        }
    }

    @Test
    void bytesOutsideTheRange_areNotLookedAt() {
        ByteBuf text = Unpooled.wrappedBuffer(new byte[] {-1, 'a', 'b', -1});
        assertEquals(Utf8Check.COMPLETE, Utf8Check.feed(Utf8Check.COMPLETE, text, 1, 2));
        assertEquals(Utf8Check.INVALID, Utf8Check.feed(Utf8Check.COMPLETE, text, 1, 3));
    }

    private void requireSameVerdict(byte[] text) {
        ByteBuf in = Unpooled.wrappedBuffer(text);
        int whole = Utf8Check.feed(Utf8Check.COMPLETE, in, 0, text.length);
        int pieces = Utf8Check.COMPLETE;
        for (int i = 0; i < text.length; i++) {
            pieces = Utf8Check.feed(pieces, in, i, 1);
        }
        boolean same = whole == pieces
                && (whole == Utf8Check.COMPLETE) == isValid(text)
                && (whole == Utf8Check.INVALID) != isStartOfValid(text);
        if (!same) {
            fail(HexFormat.of().formatHex(text) + ": in one piece " + whole + ", byte by byte " + pieces);
        }
    }

    private boolean isValid(byte[] text) {
        output.clear();
        return !reference.reset().decode(ByteBuffer.wrap(text), output, true).isError();
    }

    private boolean isStartOfValid(byte[] text) {
        if (isValid(text)) {
            return true;
        }
        for (int more = 1; more <= 3; more++) {
            byte[] longer = Arrays.copyOf(text, text.length + more);
            Arrays.fill(longer, text.length, longer.length, (byte) 0x80);
            for (int edge : EDGES) {
                longer[text.length] = (byte) edge;
                if (isValid(longer)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int state(byte[] text, int offset) {
        ByteBuf in = Unpooled.buffer().writeZero(offset).writeBytes(text);
        return Utf8Check.feed(Utf8Check.COMPLETE, in, offset, text.length);
    }

    private static byte[] encoded(int codePoint) {
        if (codePoint < 0x80) {
            return new byte[] {(byte) codePoint};
        }
        int following = codePoint < 0x800 ? 1 : codePoint < 0x1_0000 ? 2 : 3;
        byte[] text = new byte[following + 1];
        text[0] = (byte) ((0xF0 << (3 - following)) | (codePoint >> (6 * following)));
        for (int i = 1; i <= following; i++) {
            text[i] = (byte) (0x80 | ((codePoint >> (6 * (following - i))) & 0x3F));
        }
        return text;
    }
}

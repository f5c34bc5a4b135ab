package dev.heliograph.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class MaskTest {
    /** On the wire 11 22 33 44. */
    private static final int KEY = 0x44332211;

    private static final byte[] WIRE_KEY = {0x11, 0x22, 0x33, 0x44};

    @Test
    void payload_ofAnyLengthAlignmentAndCut_isTheXorByteByByte() {
        for (int length = 0; length <= 27; length++) {
            for (int index = 0; index < 8; index++) {
                for (int cut = 0; cut <= length; cut++) {
                    requireXor(length, index, cut);
                }
            }
        }
    }

    private static void requireXor(int length, int index, int cut) {
        byte[] bytes = new byte[index + length + 9];
        byte[] expected = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 37);
            boolean inside = i >= index && i < index + length;
            expected[i] = (byte) (inside ? bytes[i] ^ WIRE_KEY[(i - index) % 4] : bytes[i]);
        }
        ByteBuf direct = Unpooled.directBuffer().writeBytes(bytes);
        int next = Mask.remove(KEY, direct, index, cut);
        int last = Mask.remove(next, direct, index + cut, length - cut);
        assertArrayEquals(expected, ByteBufUtil.getBytes(direct), length + " at " + index + " cut at " + cut);
        assertEquals(WIRE_KEY[length % 4], (byte) last);
        direct.release();
    }
}

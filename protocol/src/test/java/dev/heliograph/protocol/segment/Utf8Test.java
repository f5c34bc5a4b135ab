package dev.heliograph.protocol.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Our validator against the JDK's decoder, which reports instead of replacing. */
final class Utf8Test {
    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static void compare(byte[] bytes) {
        int fault = Utf8.firstFault(bytes);
        assertEquals(isUtf8(bytes), fault < 0, () -> HexFormat.of().formatHex(bytes));
        if (fault >= 0) {
            assertEquals(true, isUtf8(Arrays.copyOf(bytes, fault)), "what stands before the fault is good");
        }
    }

    @Test
    void everySequenceOfTwoBytesAndThenAscii() {
        for (int pair = 0; pair < 1 << 16; pair++) {
            compare(new byte[] {'a', (byte) (pair >> 8), (byte) pair, 'b'});
            compare(new byte[] {(byte) (pair >> 8), (byte) pair});
        }
    }

    @Test
    void sequencesOfThreeAndFourBytes_withEachInterestingByte() {
        int[] interesting = {
            0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5, 0xff
        };
        for (int first = 0xc0; first < 0x100; first++) {
            for (int second : interesting) {
                for (int third : interesting) {
                    for (int fourth : interesting) {
                        compare(new byte[] {(byte) first, (byte) second, (byte) third, (byte) fourth, 'x'});
                        compare(new byte[] {(byte) first, (byte) second, (byte) third});
                    }
                }
            }
        }
    }

    @Test
    void longTexts_withOneByteChanged() {
        long seed = System.nanoTime();
        System.out.println("longTexts seed " + seed);
        var random = new Random(seed);
        byte[] text = "plain text, then äöü € and 🚀, and then plain text again "
                .repeat(3)
                .getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = Arrays.copyOfRange(text, random.nextInt(9), text.length - random.nextInt(9));
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            compare(changed);
        }
    }
}

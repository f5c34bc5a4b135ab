package dev.heliograph.loadtest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FramesTest {
    private static final int MASK_BYTES = 4;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 70_001})
    void encodedFrame_isReadBack_whateverItsLength(int length) {
        byte[] payload = "é-0123456789".repeat(length / 10 + 1).getBytes(StandardCharsets.UTF_8);
        payload = Arrays.copyOf(payload, length);

        byte[] frame = Frames.encode(Frames.TEXT, payload);

        int header = Frames.headerBytes(frame, 0, frame.length);
        assertTrue(Frames.isWhole(frame, 0));
        assertEquals(Frames.TEXT, Frames.opcode(frame, 0));
        assertEquals(length, Frames.payloadBytes(frame, 0));
        assertEquals(header + MASK_BYTES + length, frame.length);
        assertArrayEquals(payload, unmasked(frame, header));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 200, 70_000})
    void headerThatIsNotAllThere_isWaitedFor(int length) {
        byte[] frame = Frames.encode(Frames.TEXT, new byte[length]);
        int header = Frames.headerBytes(frame, 0, frame.length);

        for (int there = 0; there < header; there++) {
            assertEquals(0, Frames.headerBytes(frame, 0, there));
        }
        assertEquals(header, Frames.headerBytes(frame, 0, header));
    }

    private static byte[] unmasked(byte[] frame, int header) {
        byte[] payload = Arrays.copyOfRange(frame, header + MASK_BYTES, frame.length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= frame[header + (i & 3)];
        }
        return payload;
    }
}

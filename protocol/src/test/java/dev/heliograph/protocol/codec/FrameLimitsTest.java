package dev.heliograph.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameLimitsTest {
    @Test
    void limits_atTheirEdges_areAccepted() {
        assertEquals(125, new FrameLimits(125, 125, 1, 1).frameBytesMax());
        assertEquals(1 << 30, new FrameLimits(1 << 30, 1 << 30, Integer.MAX_VALUE, Long.MAX_VALUE).messageBytesMax());
    }

    @ParameterizedTest
    @CsvSource({
        "124, 1000, 1, 1, 'frameBytesMax is 124, expected 125 to 1000'",
        "1001, 1000, 1, 1, 'frameBytesMax is 1001, expected 125 to 1000'",
        "125, 124, 1, 1, 'messageBytesMax is 124, expected 125 to 1073741824'",
        "125, 1073741825, 1, 1, 'messageBytesMax is 1073741825, expected 125 to 1073741824'",
        "125, 125, 0, 1, 'fragmentsMax is 0, expected 1 to 2147483647'",
        "125, 125, 1, 0, 'messageTimeoutMs is 0, expected 1 to 9223372036854775807'"
    })
    void limit_outOfRange_isNamedWithWhatWasExpected(int frame, int message, int fragments, long ms, String expected) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> new FrameLimits(frame, message, fragments, ms));
        assertEquals(expected, refusal.getMessage());
    }
}

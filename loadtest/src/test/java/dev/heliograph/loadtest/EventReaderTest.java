package dev.heliograph.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class EventReaderTest {
    private final EventReader reader = new EventReader("run-abc");

    @Test
    void stampedEvent_tellsNumberTimeAndOffset() {
        var stamp = new Stamp("run-abc", 1_907, Long.MAX_VALUE);

        assertTrue(reader.read(event("{\"é\":\"" + stamp.text() + "\"}", 42)));

        assertTrue(reader.isOurs());
        assertEquals(1_907, reader.number());
        assertEquals(Long.MAX_VALUE, reader.sentMicros());
        assertEquals(42, reader.offset());
    }

    @Test
    void eventOfAnotherRun_isNotOurs() {
        assertTrue(reader.read(event("{\"stamp\":\"" + new Stamp("run-abcd", 3, 1).text() + "\"}", 42)));

        assertFalse(reader.isOurs());
        assertEquals(42, reader.offset());
    }

    @Test
    void offsetInTheData_isNotTakenForThePosition() {
        assertTrue(reader.read(event("{\"position\":{\"offset\":7}}", 42)));

        assertEquals(42, reader.offset());
    }

    @Test
    void otherMessage_isNoEvent() {
        assertFalse(reader.read("{\"version\":1,\"type\":\"subscribed\",\"payload\":{\"position\":{\"offset\":7}}}"));
        assertFalse(reader.read(""));
    }

    @Test
    void eventWithoutPosition_isAnError() {
        assertThrows(
                IllegalArgumentException.class, () -> reader.read("{\"version\":1,\"type\":\"event\",\"payload\":{}}"));
    }

    @Test
    void messageInTheMiddleOfABuffer_isReadWithinItsBounds() {
        String first = event("{\"stamp\":\"" + new Stamp("run-abc", 1, 1).text() + "\"}", 41);
        String second = event("{}", 42);
        byte[] both = (first + second).getBytes(StandardCharsets.UTF_8);

        assertTrue(reader.read(both, first.length(), both.length));
        assertFalse(reader.isOurs());
        assertTrue(reader.read(both, 0, first.length()));
        assertEquals(41, reader.offset());
    }

    static String event(String data, int offset) {
        return "{\"version\":1,\"type\":\"event\",\"channel\":\"c\",\"payload\":{\"name\":\"message\",\"data\":" + data
                + "},\"timestamp\":1701234567890,\"position\":{\"epoch\":\"k3f9\",\"offset\":" + offset + "}}";
    }
}

package dev.heliograph.protocol.codec;

import static dev.heliograph.protocol.codec.ClientFrame.CONTINUATION;
import static dev.heliograph.protocol.codec.ClientFrame.FIN;
import static dev.heliograph.protocol.codec.ClientFrame.PONG;
import static dev.heliograph.protocol.codec.ClientFrame.TEXT;
import static dev.heliograph.protocol.codec.Reading.LIMITS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same bytes give the same events, however the network cuts them. */
class FrameDecoderSplitTest {
    private static final ClientFrame[] CONVERSATION = {
        ClientFrame.text("{\"type\":\"ping\"}"),
        ClientFrame.of(TEXT, "first ü "),
        ClientFrame.ping("between"),
        ClientFrame.of(CONTINUATION, ""),
        ClientFrame.of(CONTINUATION, "🚀 and Ελληνικά "),
        ClientFrame.of(FIN | PONG, ""),
        ClientFrame.of(FIN | CONTINUATION, "last"),
        ClientFrame.text(""),
        ClientFrame.text("ascii ".repeat(22) + "日本"),
        ClientFrame.close(4000, "grüße"),
        ClientFrame.text("ignored")
    };

    static Stream<Arguments> streams() {
        byte[] whole = ClientFrame.stream(CONVERSATION);
        byte[] refused = ClientFrame.stream(
                ClientFrame.text("fine"),
                ClientFrame.of(TEXT, "fine too"),
                ClientFrame.of(FIN | CONTINUATION, new byte[] {'a', 'b', 'c', (byte) 0xE2, (byte) 0x82, 'x', 'y', 'z'}),
                ClientFrame.text("ignored"));
        return Stream.of(Arguments.of("conversation", whole, 7), Arguments.of("refused", refused, 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void stream_cutInTwoOrThreeAnywhere_givesTheSameEvents(String name, byte[] stream, int events) {
        List<String> expected = Reading.of(LIMITS, stream);
        assertEquals(events, expected.size(), name);
        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                List<String> actual = Reading.of(LIMITS, stream, first, second);
                if (!expected.equals(actual)) {
                    assertEquals(expected, actual, "cut at " + first + " and " + second);
                }
            }
        }
    }

    @Test
    void stream_byteByByte_givesTheSameEvents() {
        byte[] stream = ClientFrame.stream(CONVERSATION);
        Reading reading = new Reading(LIMITS);
        for (int i = 0; i < stream.length; i++) {
            reading.read(stream, i, i + 1);
        }
        assertEquals(Reading.of(LIMITS, stream), reading.events());
    }

    @Test
    void frameWithA64BitLength_cutAroundItsHeader_givesTheSameEvents() {
        byte[] stream = ClientFrame.stream(ClientFrame.text("0123456789abcde€".repeat(3800)), ClientFrame.text("next"));
        List<String> expected = Reading.of(LIMITS, stream);
        assertEquals(2, expected.size());
        for (int first = 0; first < 24; first++) {
            for (int second = first; second < 24; second++) {
                assertEquals(expected, Reading.of(LIMITS, stream, first, second, 40_001 + first));
            }
        }
    }
}

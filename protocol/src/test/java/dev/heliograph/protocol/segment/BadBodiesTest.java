package dev.heliograph.protocol.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.segment.SegmentException.Code;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be accepted is refused with its cause, or costs only the one event it concerns. */
final class BadBodiesTest {
    private static final String GOOD = "{\"type\":\"track\",\"event\":\"e\",\"messageId\":\"m\"}";

    private final SegmentBodies bodies = new SegmentBodies(Golden.LIMITS, Golden.BODY_BYTES_MAX);

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String batch(String... elements) {
        return "{\"batch\":[" + String.join(",", elements) + "]}";
    }

    private static String eventOf(int bytes) {
        String frame = "{\"type\":\"track\",\"event\":\"big\",\"properties\":{\"p\":\"\"}}";
        return frame.replace("\"\"", '"' + "x".repeat(bytes - frame.length()) + '"');
    }

    private Code single(byte[] body) {
        return assertThrows(SegmentException.class, () -> bodies.single(body, "track"))
                .code();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"event\":\"e\"",
                "{\"event\":\"e\"}}",
                "{\"event\":\"e\"} x",
                "{'event':'e'}",
                "{\"event\":e}",
                "{\"event\":\"e\",}",
                "{\"event\":\"a\nb\"}",
                "{\"event\":\"\\x\"}",
                "{\"event\":\"e\",\"n\":01}",
                "{\"event\":\"e\",\"n\":NaN}",
                "{\"event\":\"e\",\"n\":+1}",
                "{\"event\":\"e\"/* c */}",
                "nul",
                "{\"event\":\"e\"}[]"
            })
    void malformedJson_isRefused(String body) {
        assertEquals(Code.MALFORMED_JSON, single(utf8(body)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "\"text\"", "null", "true"})
    void otherJsonThanAnObject_isRefused(String body) {
        assertEquals(Code.MALFORMED_BODY, single(utf8(body)));
        assertEquals(
                Code.MALFORMED_BODY,
                assertThrows(SegmentException.class, () -> bodies.batch(utf8(body)))
                        .code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"a\",\"event\":\"b\"}",
                "{\"event\":\"a\",\"\\u0065vent\":\"b\"}",
                "{\"event\":\"e\",\"unknown\":1,\"unknown\":2}",
                "{\"event\":\"e\",\"properties\":{\"a\":{\"k\":1,\"k\":2}}}"
            })
    void duplicateKeys_areRefusedAtAnyDepth(String body) {
        assertEquals(Code.MALFORMED_JSON, single(utf8(body)));
    }

    @ParameterizedTest
    @CsvSource({"30, true", "31, false", "100000, false"})
    void nesting_isBounded(int arrays, boolean accepted) {
        String body = "{\"event\":\"e\",\"properties\":{\"a\":" + "[".repeat(arrays) + "]".repeat(arrays) + "}}";
        if (accepted) {
            assertEquals(1, bodies.single(utf8(body), "track").size());
        } else {
            assertEquals(Code.MALFORMED_JSON, single(utf8(body)));
        }
    }

    @Test
    void oneByteThatIsNotUtf8_isRefusedAndNamed() {
        byte[] body = utf8(GOOD);
        body[GOOD.indexOf("\"e\"") + 1] = (byte) 0xff;
        var refusal = assertThrows(SegmentException.class, () -> bodies.single(body, null));
        assertEquals(Code.MALFORMED_JSON, refusal.code());
        assertTrue(refusal.explanation().contains("byte " + (GOOD.indexOf("\"e\"") + 1)), refusal.explanation());
    }

    @Test
    void encodedSurrogate_isNotUtf8() {
        byte[] body = utf8("{\"event\":\"e\",\"properties\":{\"a\":\"xyz\"}}");
        int at = new String(body, StandardCharsets.UTF_8).indexOf("xyz");
        body[at] = (byte) 0xed;
        body[at + 1] = (byte) 0xa0;
        body[at + 2] = (byte) 0x80;
        assertEquals(Code.MALFORMED_JSON, single(body));
    }

    @Test
    void utf16_isRefused() {
        assertEquals(Code.MALFORMED_JSON, single(GOOD.getBytes(StandardCharsets.UTF_16LE)));
        assertEquals(Code.MALFORMED_JSON, single(GOOD.getBytes(StandardCharsets.UTF_16)));
    }

    @Test
    void loneSurrogateEscape_isJsonAndPasses() {
        assertEquals(
                1, bodies.single(utf8("{\"event\":\"a\\ud800b\"}"), "track").size());
    }

    @Test
    void hugeNumber_passesAsTextUpToItsBound() {
        String body = "{\"event\":\"e\",\"userId\":1e999999999,\"properties\":{\"m\":%s}}";
        InboundEvent event = bodies.single(utf8(body.formatted("9".repeat(1_000))), "track")
                .events()
                .getFirst();
        assertEquals("1e999999999", event.person().userId());
        assertEquals(Code.MALFORMED_JSON, single(utf8(body.formatted("9".repeat(1_001)))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"track\"}", "{\"type\":\"track\",\"event\":\"\"}", "{\"type\":\"track\",\"event\":{}}",
                "{\"event\":\"e\"}", "{\"type\":[],\"event\":\"e\"}", "{}"
            })
    void eventWithoutWhatItsTypeNeeds_isRefusedAloneAndDroppedInABatch(String event) {
        assertEquals(
                Code.MALFORMED_EVENT,
                assertThrows(SegmentException.class, () -> bodies.single(utf8(event), null))
                        .code());
        InboundBatch batch = bodies.batch(utf8(batch(GOOD, event, GOOD)));
        assertEquals(2, batch.events().size());
        assertEquals(1, batch.malformed());
    }

    @Test
    void elementsThatAreNoObjects_areMalformed() {
        InboundBatch batch = bodies.batch(utf8(batch("7", "null", "[[1]]", "\"x\"", GOOD)));
        assertEquals(1, batch.events().size());
        assertEquals(4, batch.malformed());
    }

    @Test
    void event_ofExactlyTheBound_passes() {
        int max = Golden.LIMITS.eventBytesMax();
        assertEquals(
                max,
                bodies.single(utf8(eventOf(max)), null)
                        .events()
                        .getFirst()
                        .content()
                        .bytes());
        assertEquals(Code.EVENT_TOO_LARGE, single(utf8(eventOf(max + 1))));
    }

    @Test
    void event_of33Kilobytes_isDroppedInABatchAndTheRestAccepted() {
        InboundBatch batch = bodies.batch(utf8(batch(GOOD, eventOf(33 * 1_024), GOOD)));
        assertEquals(2, batch.events().size());
        assertEquals(1, batch.oversize());
        assertEquals(3, batch.size());
    }

    @Test
    void batch_ofMoreEventsThanTheBound_isRefusedWhole() {
        String[] elements = Collections.nCopies(Golden.LIMITS.eventsMax(), "{}").toArray(String[]::new);
        assertEquals(2_500, bodies.batch(utf8(batch(elements))).malformed());
        String more = batch(String.join(",", elements), "7");
        assertEquals(
                Code.TOO_MANY_EVENTS,
                assertThrows(SegmentException.class, () -> bodies.batch(utf8(more)))
                        .code());
        String array = "[" + String.join(",", elements) + ",7]";
        assertEquals(
                Code.TOO_MANY_EVENTS,
                assertThrows(SegmentException.class, () -> bodies.webhook(utf8(array)))
                        .code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"batch\":{}}", "{\"batch\":null}", "{\"events\":[]}"})
    void bodyWithoutABatchArray_isRefused(String body) {
        assertEquals(
                Code.MALFORMED_BODY,
                assertThrows(SegmentException.class, () -> bodies.batch(utf8(body)))
                        .code());
    }

    @Test
    void anyCorruption_endsInABatchOrATypedRefusal() {
        long seed = System.nanoTime();
        System.out.println("anyCorruption seed " + seed);
        var random = new Random(seed);
        byte[] good = Golden.body("analytics-next-1.84.3-batch.json");
        for (int round = 0; round < 20_000; round++) {
            byte[] body = good.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            try {
                InboundBatch batch = bodies.batch(body);
                assertTrue(batch.size() <= 3, "seed " + seed);
            } catch (SegmentException expected) {
                assertTrue(!expected.explanation().isEmpty());
            }
        }
    }
}

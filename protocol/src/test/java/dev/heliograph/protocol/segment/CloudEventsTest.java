package dev.heliograph.protocol.segment;

import static dev.heliograph.protocol.segment.Golden.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.protocol.segment.SegmentException.Code;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** CloudEvents 1.0 in the three content modes. */
final class CloudEventsTest {
    private static final Map<String, String> HEADERS = Map.of(
            "ce-specversion", "1.0",
            "ce-type", "com.example.order.completed",
            "ce-source", "/orders/eu",
            "ce-id", "A234%20%E2%82%AC",
            "ce-time", "2026-11-21T00:45:29.882Z",
            "ce-traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

    private final CloudEvents events = new CloudEvents(Golden.LIMITS, Golden.BODY_BYTES_MAX);

    @Test
    void structured_becomesATrack() {
        InboundEvent event = events.structured(Golden.body("cloudevent-structured.json"))
                .events()
                .getFirst();
        assertEquals("com.example.order.completed", event.names().display());
        assertEquals("track", event.names().type());
        assertEquals("A234-1234-1234", event.messageId());
        assertEquals("/orders/eu", event.context().origin());
        assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", event.context().traceId());
        assertEquals(10, event.context().represents());
        assertEquals("{\"checkpoint\":\"payment\"}", text(event.content().properties()));
    }

    @Test
    void binary_readsHeadersAndUndoesTheirPercentEncoding() {
        InboundEvent event = events.binary(HEADERS::get, Golden.body("cloudevent-binary-data.json"), true)
                .events()
                .getFirst();
        assertEquals("A234 €", event.messageId());
        assertEquals("2026-11-21T00:45:29.882Z", event.times().timestamp());
        assertEquals("{\"checkpoint\":\"payment\"}", text(event.content().properties()));
    }

    @Test
    void binary_withOtherDataThanJson_hasNoProperties() {
        byte[] data = "<order/>".getBytes(StandardCharsets.UTF_8);
        InboundEvent event = events.binary(HEADERS::get, data, false).events().getFirst();
        assertNull(event.content().properties());
    }

    @Test
    void binary_withoutRequiredAttribute_isRefused() {
        for (String name : new String[] {"ce-id", "ce-source", "ce-type", "ce-specversion"}) {
            var headers = new HashMap<>(HEADERS);
            headers.remove(name);
            var refusal =
                    assertThrows(SegmentException.class, () -> events.binary(headers::get, new byte[0], true), name);
            assertEquals(Code.MALFORMED_EVENT, refusal.code());
        }
    }

    @Test
    void percentThatBeginsNoByte_standsForItself() {
        var headers = new HashMap<>(HEADERS);
        headers.put("ce-id", "100%");
        assertEquals(
                "100%",
                events.binary(headers::get, new byte[0], true)
                        .events()
                        .getFirst()
                        .messageId());
        headers.put("ce-id", "%zz%4");
        assertEquals(
                "%zz%4",
                events.binary(headers::get, new byte[0], true)
                        .events()
                        .getFirst()
                        .messageId());
    }

    @Test
    void batch_dropsWhatIsNoCloudEventAndKeepsTheRest() {
        InboundBatch batch = events.batch(Golden.body("cloudevents-batch.json"));
        assertEquals(2, batch.events().size());
        assertEquals(2, batch.malformed());
        assertEquals("c-2", batch.events().get(1).context().traceId());
        assertNull(batch.events().get(1).content().properties());
    }
}

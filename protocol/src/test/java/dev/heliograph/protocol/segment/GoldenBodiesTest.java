package dev.heliograph.protocol.segment;

import static dev.heliograph.protocol.segment.Golden.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.heliograph.protocol.segment.InboundEvent.Context;
import dev.heliograph.protocol.segment.InboundEvent.Names;
import dev.heliograph.protocol.segment.InboundEvent.Person;
import dev.heliograph.protocol.segment.InboundEvent.Times;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What each SDK sends is read as it was meant. The bodies are those measured on the wire. */
final class GoldenBodiesTest {
    private final SegmentBodies bodies = new SegmentBodies(Golden.LIMITS, Golden.BODY_BYTES_MAX);

    private static InboundEvent only(InboundBatch batch) {
        assertEquals(1, batch.size());
        return batch.events().getFirst();
    }

    @Test
    void analyticsNode_batch() {
        byte[] body = Golden.body("analytics-node-3.1.0-batch.json");
        InboundBatch batch = bodies.batch(body);
        InboundEvent event = only(batch);
        assertEquals("WK1", batch.writeKey());
        assertEquals(new Names("track", "Order Completed", null, null), event.names());
        assertEquals("node-next-1795219529882-6f5c2b1e-8c0d-4f5a-9b7e-2d1c3a4b5e6f", event.messageId());
        assertEquals(new Person("u1", null, null), event.person());
        assertEquals(new Times("2026-11-21T00:45:29.882Z", null, "2026-11-21T00:45:30.100Z", null), event.times());
        assertEquals(
                "{\"checkpoint\":\"payment\",\"revenue\":49.9}",
                text(event.content().properties()));
        assertNull(event.content().traits());
        assertEquals(
                body.length - "{\"batch\":[],\"writeKey\":\"WK1\",\"sentAt\":\"2026-11-21T00:45:30.100Z\"}".length(),
                event.content().bytes());
    }

    @Test
    void analyticsNext_singleWithNullUserAndKeyInBody() {
        byte[] body = Golden.body("analytics-next-1.84.3-track.json");
        InboundBatch batch = bodies.single(body, "track");
        InboundEvent event = only(batch);
        assertEquals("WK1", batch.writeKey());
        assertEquals("Product Added", event.names().display());
        assertEquals(new Person(null, "4ddc2b4c-7e8f-4a42-8c34-6f2e4a0f54f1", null), event.person());
        assertEquals("2026-11-21T00:45:29.990Z", event.times().sentAt());
        assertEquals(
                "{\"checkpoint\":\"cart\",\"products\":[{\"sku\":\"A-1\"}]}",
                text(event.content().properties()));
        assertEquals(body.length, event.content().bytes());
    }

    @Test
    void analyticsNext_typeComesFromThePathWhereTheBodyHasNone() {
        InboundEvent event = only(
                bodies.single("{\"name\":\"Index\",\"category\":\"Docs\"}".getBytes(StandardCharsets.UTF_8), "page"));
        assertEquals("page", event.names().type());
        assertEquals("Docs Index", event.names().display());
    }

    @Test
    void analyticsNext_batchWithSentAtOfTheBatch() {
        InboundBatch batch = bodies.batch(Golden.body("analytics-next-1.84.3-batch.json"));
        assertEquals(2, batch.events().size());
        InboundEvent page = batch.events().get(0);
        InboundEvent identify = batch.events().get(1);
        assertEquals("Docs Index", page.names().display());
        assertEquals("2026-11-21T00:45:34.882Z", page.times().sentAt());
        assertEquals("identify", identify.names().display());
        assertEquals(
                "{\"plan\":\"pro\",\"email\":\"jane@example.com\"}",
                text(identify.content().traits()));
        assertEquals(new Person("u7", "anon-1", null), identify.person());
    }

    @Test
    void analyticsJava_contextBehindTheEventsHoldsForThem() {
        InboundBatch batch = bodies.batch(Golden.body("analytics-java-3.5.4-import.json"));
        InboundEvent event = only(batch);
        assertEquals("WK2", batch.writeKey());
        assertEquals("s-batch", event.context().sessionId());
        assertEquals("{\"Analytics\":true}", text(event.context().consent()));
        assertEquals("2026-11-21T00:45:30Z", event.times().sentAt());
    }

    @Test
    void analyticsPython_numericUserAndEscapes() {
        InboundEvent event = only(bodies.batch(Golden.body("analytics-python-2.3.4-batch.json")));
        assertEquals(new Person("42", null, null), event.person());
        assertEquals("Café 🚀", event.names().display());
        assertEquals("{\"step\": 2}", text(event.content().properties()));
    }

    @Test
    void rudderNode_noKeyInTheBodyAndItsOwnTimes() {
        InboundBatch batch = bodies.batch(Golden.body("rudder-node-3.0.13-batch.json"));
        InboundEvent event = only(batch);
        assertNull(batch.writeKey());
        assertEquals(new Times(null, "2026-11-21T00:45:29.882Z", "2026-11-21T00:45:30.100Z", null), event.times());
        assertEquals("1795219529", event.context().sessionId());
    }

    @Test
    void rudderStackWebhook_wholeMessage() {
        InboundEvent event = only(bodies.single(Golden.body("rudderstack-webhook.json"), null));
        assertEquals("Signed Up", event.names().display());
        assertEquals("{\"plan\":\"pro\"}", text(event.content().traits()));
        assertEquals("2026-11-21T00:45:30.300Z", event.times().receivedAt());
    }

    @Test
    void segmentWebhook_event() {
        var body = assertInstanceOf(WebhookBody.Event.class, bodies.webhook(Golden.body("segment-webhook.json")));
        InboundEvent event = only(body.batch());
        assertEquals(
                "{\"Advertising\":false,\"Analytics\":true}",
                text(event.context().consent()));
        assertEquals("2026-11-21T00:45:20.900Z", event.times().timestamp());
        assertEquals("2026-11-21T00:45:20.000Z", event.times().originalTimestamp());
    }

    @Test
    void segmentWebhook_arrayKnowsTheBytesOfItsFirstElement() {
        var body =
                assertInstanceOf(WebhookBody.Events.class, bodies.webhook(Golden.body("segment-webhook-array.json")));
        assertEquals(
                "{\"type\":\"track\",\"event\":\"First\",\"messageId\":\"m1\",\"userId\":\"u1\"}",
                body.first().toString());
        assertEquals(2, body.batch().events().size());
    }

    @Test
    void segmentWebhook_deletion() {
        assertEquals(new WebhookBody.Deletion("u3"), bodies.webhook(Golden.body("segment-webhook-delete.json")));
    }

    @Test
    void maskedWriteKey_isNone() {
        byte[] body = "{\"type\":\"track\",\"event\":\"e\",\"writeKey\":\"k:***\"}".getBytes(StandardCharsets.UTF_8);
        assertNull(bodies.single(body, null).writeKey());
    }

    @Test
    void ownContext_winsFieldByFieldOverTheBatchs() {
        String body = """
                {"context":{"sessionId":"batch","consent":{"categoryPreferences":{"A":false}},"traits":{"plan":"b"}},
                 "batch":[{"type":"track","event":"e","context":{"sessionId":"own"}},
                          {"type":"identify","traits":{"plan":"own"}}]}""";
        InboundBatch batch = bodies.batch(body.getBytes(StandardCharsets.UTF_8));
        Context first = batch.events().get(0).context();
        assertEquals("own", first.sessionId());
        assertEquals("{\"A\":false}", text(first.consent()));
        assertEquals("{\"plan\":\"b\"}", text(batch.events().get(0).content().traits()));
        assertEquals("batch", batch.events().get(1).context().sessionId());
        assertEquals("{\"plan\":\"own\"}", text(batch.events().get(1).content().traits()));
    }
}

package dev.heliograph.protocol.segment;

import org.jspecify.annotations.Nullable;

/** What a webhook brought. Segment signs {@code JSON.stringify} of one element, so the signature covers {@link #signed} and nothing else. */
public sealed interface WebhookBody {
    /** The bytes that {@code X-Signature} covers. */
    Slice signed();

    /** One event. */
    record Event(Slice signed, InboundBatch batch) implements WebhookBody {}

    /** An array of events, of which only the first is signed. */
    record Events(Slice signed, InboundBatch batch) implements WebhookBody {}

    /** A person's data is to be deleted; null if the request does not say whose. */
    record Deletion(Slice signed, @Nullable String userId) implements WebhookBody {}
}

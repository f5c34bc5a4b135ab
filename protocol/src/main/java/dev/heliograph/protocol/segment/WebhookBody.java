package dev.heliograph.protocol.segment;

import org.jspecify.annotations.Nullable;

/** What a webhook brought. */
public sealed interface WebhookBody {
    /** One event. */
    record Event(InboundBatch batch) implements WebhookBody {}

    /**
     * An array of events.
     *
     * @param first the first element: Segment signs {@code JSON.stringify} of it alone
     */
    record Events(Slice first, InboundBatch batch) implements WebhookBody {}

    /** A person's data is to be deleted; null if the request does not say whose. */
    record Deletion(@Nullable String userId) implements WebhookBody {}
}

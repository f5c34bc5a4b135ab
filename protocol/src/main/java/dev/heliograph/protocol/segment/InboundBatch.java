package dev.heliograph.protocol.segment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one body brought. Every event the producer sent is in exactly one of the three: read, oversize, malformed.
 *
 * @param writeKey as the body names it; null if it does not, or only masked
 * @param events in the body's order
 * @param oversize events that alone are larger than an event may be
 * @param malformed events that are no objects, or lack what their type needs
 */
public record InboundBatch(@Nullable String writeKey, List<InboundEvent> events, int oversize, int malformed) {
    public InboundBatch {
        events = List.copyOf(events);
    }

    /** Everything that was sent. */
    public int size() {
        return events.size() + oversize + malformed;
    }
}

package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.segment.InboundEvent.Times;
import org.jspecify.annotations.Nullable;

/**
 * Finds out when the event happened by our clock: {@code received − (sentAt − timestamp)}, unless a gateway before us has done so, and never outside seven
 * days before to one minute after its arrival. A sender whose clock is behind ours by no more than the way may take has the right time: to correct each request
 * by its own way would put events that went out one after the other in another order. A time that cannot be read never costs an event. Source: Segment, "Spec: Common Fields", Timestamps.
 */
final class ClockSkew implements Step {
    static final long PAST_MAX_MS = 7 * 86_400_000L;
    static final long FUTURE_MAX_MS = 60_000;

    /** What a request may take from one clock to the other. */
    static final long WAY_MAX_MS = 1_000;

    private final long lateAfterMs;

    ClockSkew(long lateAfterMs) {
        this.lateAfterMs = lateAfterMs;
    }

    @Override
    public @Nullable DropReason take(Passage passage) {
        long receivedMs = passage.arrival.receivedMs();
        long occurredMs = occurred(passage, passage.event.times(), receivedMs);
        passage.occurredMs = Math.clamp(occurredMs, receivedMs - PAST_MAX_MS, receivedMs + FUTURE_MAX_MS);
        passage.late = receivedMs - passage.occurredMs > lateAfterMs;
        return null;
    }

    private static long occurred(Passage passage, Times times, long receivedMs) {
        long timestamp = Timestamps.parse(times.timestamp());
        boolean relayed = times.receivedAt() != null || times.originalTimestamp() != null;
        if (relayed && timestamp != Timestamps.UNKNOWN) {
            passage.timeSource = TimeSource.UPSTREAM;
            return timestamp;
        }
        long original = timestamp != Timestamps.UNKNOWN ? timestamp : Timestamps.parse(times.originalTimestamp());
        if (original == Timestamps.UNKNOWN) {
            passage.timeSource = TimeSource.ARRIVAL;
            return receivedMs;
        }
        long sent = Timestamps.parse(times.sentAt());
        if (sent == Timestamps.UNKNOWN) {
            passage.timeSource = TimeSource.TIMESTAMP;
            return original;
        }
        passage.timeSource = TimeSource.SKEW_CORRECTED;
        long skewMs = receivedMs - sent;
        return 0 <= skewMs && skewMs <= WAY_MAX_MS ? original : original + skewMs;
    }
}

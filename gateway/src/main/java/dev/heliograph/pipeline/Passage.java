package dev.heliograph.pipeline;

import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.segment.InboundEvent;
import dev.heliograph.protocol.segment.InboundEvent.Context;
import org.jspecify.annotations.Nullable;

/** One event on its way through the pipeline: what it brought, and what the steps have made of it so far. Confined to the request's thread. */
final class Passage {
    final SourcePolicy policy;
    final InboundEvent event;
    final Arrival arrival;
    final Tally tally;

    /** What may be seen of properties and traits, one behind the other; shared by the events of a request, one after the other. */
    final JsonBytes content;

    /** The producer's or a generated one; from redaction on as subscribers see it. */
    String messageId = "";

    long idHigh;
    long idLow;

    /** Whether the id above has been reserved. */
    boolean reserved;

    boolean wanted;
    boolean identifiedWanted;
    String eventName = "";
    int propertiesEnd;
    int traitsEnd;

    /** The configured property's value as it came; from pseudonymisation on what stands for the trace. */
    @Nullable
    String traceId;

    @Nullable
    String user;

    long subject;
    long occurredMs;
    TimeSource timeSource = TimeSource.ARRIVAL;
    boolean late;

    Passage(SourcePolicy policy, InboundEvent event, Arrival arrival, Tally tally, JsonBytes content) {
        this.policy = policy;
        this.event = event;
        this.arrival = arrival;
        this.tally = tally;
        this.content = content;
    }

    /** Which trace the producer says this belongs to: by the configured property, else explicitly, else by its session; null if it says nothing. */
    @Nullable
    String givenTrace() {
        Context context = event.context();
        String given =
                isGiven(traceId) ? traceId : isGiven(context.traceId()) ? context.traceId() : context.sessionId();
        return isGiven(given) ? given : null;
    }

    private static boolean isGiven(@Nullable String text) {
        return text != null && !text.isEmpty();
    }
}

package dev.heliograph.pipeline;

import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.segment.InboundEvent.Person;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes an event as subscribers see it. Source: docs/PROTOCOL.md, "An ingested event". One event after the other; one thread. */
final class Envelope {
    static final byte[] SOURCE = ascii(",\"source\":");
    static final byte[] WORKSPACE = ascii(",\"workspace\":");
    static final byte[] ENV = ascii(",\"env\":");

    private static final byte[] EVENT_NAME = ascii("{\"event_name\":");
    private static final byte[] TYPE = ascii(",\"type\":");
    private static final byte[] MESSAGE_ID = ascii(",\"message_id\":");
    private static final byte[] TRACE_ID = ascii(",\"trace_id\":");
    private static final byte[] OCCURRED_AT = ascii(",\"occurred_at\":");
    private static final byte[] ARRIVED_AT = ascii(",\"arrived_at\":");
    private static final byte[] TIME_SOURCE = ascii(",\"time_source\":");
    private static final byte[] LATE = ascii(",\"late\":true");
    private static final byte[] NOT_LATE = ascii(",\"late\":false");
    private static final byte[] USER = ascii(",\"user\":");
    private static final byte[] PROPERTIES = ascii(",\"properties\":");
    private static final byte[] NO_PROPERTIES = ascii(",\"properties\":{}");
    private static final byte[] TRAITS = ascii(",\"traits\":");
    private static final byte[] SAMPLE_RATE = ascii(",\"sample_rate\":");
    private static final byte[] USER_ID = ascii(",\"user_id\":");
    private static final byte[] ANONYMOUS_ID = ascii(",\"anonymous_id\":");
    private static final int EMPTY_OBJECT_LENGTH = 2;

    private final JsonBytes out = new JsonBytes(1_024);
    private int end;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Puts the event's fields together; {@link #shown} and {@link #identified} take them from here. */
    void write(Passage passage) {
        out.cut(0);
        out.raw(EVENT_NAME).string(passage.eventName);
        out.raw(TYPE).string(passage.event.names().type());
        out.raw(MESSAGE_ID).string(passage.messageId);
        optional(TRACE_ID, passage.traceId);
        out.raw(OCCURRED_AT);
        Timestamps.write(passage.occurredMs, out);
        out.raw(ARRIVED_AT);
        Timestamps.write(passage.arrival.receivedMs(), out);
        out.raw(TIME_SOURCE).raw(passage.timeSource.json());
        out.raw(passage.late ? LATE : NOT_LATE);
        optional(USER, passage.user);
        out.raw(passage.policy.stamp());
        content(passage);
        out.raw(SAMPLE_RATE);
        rate(passage.policy.sampler().share() / passage.event.context().represents());
        end = out.length();
    }

    private void optional(byte[] name, @Nullable String value) {
        if (value != null) {
            out.raw(name).string(value);
        }
    }

    private void content(Passage passage) {
        if (passage.propertiesEnd == 0) {
            out.raw(NO_PROPERTIES);
        } else {
            out.raw(PROPERTIES).raw(passage.content, 0, passage.propertiesEnd);
        }
        if (passage.traitsEnd > passage.propertiesEnd + EMPTY_OBJECT_LENGTH) {
            out.raw(TRAITS).raw(passage.content, passage.propertiesEnd, passage.traitsEnd);
        }
    }

    private void rate(double share) {
        if (share == 1) {
            out.raw('1');
        } else {
            out.raw(ascii(Double.toString(share)));
        }
    }

    /** For everyone who may watch. */
    RawJson shown() {
        out.cut(end);
        return out.raw('}').toJson();
    }

    /** With raw ids, for those who may know them. */
    RawJson identified(Person person) {
        out.cut(end);
        optional(USER_ID, person.userId());
        optional(ANONYMOUS_ID, person.anonymousId());
        return out.raw('}').toJson();
    }
}

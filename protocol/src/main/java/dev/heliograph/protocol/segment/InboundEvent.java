package dev.heliograph.protocol.segment;

import org.jspecify.annotations.Nullable;

/**
 * One event as its producer sent it, whatever shape it came in: identifiers and times as text, unchecked; everything else as slices of the body,
 * so that an event that is dropped costs no more than finding its fields. Immutable.
 *
 * @param messageId the producer's id of this event; null if it gave none
 */
public record InboundEvent(
        Names names, @Nullable String messageId, Person person, Times times, Content content, Context context) {

    /**
     * What the event is called.
     *
     * @param type {@code track}, {@code page}, …, any text
     */
    public record Names(
            String type,
            @Nullable String event,
            @Nullable String name,
            @Nullable String category) {
        /** The event of a track; name, behind its category, of a page or screen; else the type. */
        public String display() {
            return switch (type) {
                case "track" -> event == null ? type : event;
                case "page", "screen" -> page();
                default -> type;
            };
        }

        private String page() {
            if (name == null) {
                return category == null ? type : category;
            }
            return category == null ? name : category + " " + name;
        }
    }

    /** Whom it is about. Raw: none of this may be shown. */
    public record Person(
            @Nullable String userId,
            @Nullable String anonymousId,
            @Nullable String groupId) {
        static final Person NOBODY = new Person(null, null, null);
    }

    /** When it happened, in whatever notation the producer chose. */
    public record Times(
            @Nullable String timestamp,
            @Nullable String originalTimestamp,
            @Nullable String sentAt,
            @Nullable String receivedAt) {}

    /**
     * What it says.
     *
     * @param properties an object
     * @param traits an object: the event's own, else those of its context
     * @param bytes size of the whole event
     */
    public record Content(
            @Nullable Slice properties, @Nullable Slice traits, int bytes) {}

    /**
     * What is known about the circumstances.
     *
     * @param sessionId the producer's id of a visit
     * @param traceId an explicit trace, from CloudEvents' tracing extensions
     * @param consent {@code consent.categoryPreferences}, an object
     * @param origin within what the message id is unique: empty, or a CloudEvent's {@code source}
     * @param represents how many events this one stands for, when the producer has sampled already; 1 or more
     */
    public record Context(
            @Nullable String sessionId,
            @Nullable String traceId,
            @Nullable Slice consent,
            String origin,
            double represents) {}
}

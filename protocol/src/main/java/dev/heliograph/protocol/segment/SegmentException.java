package dev.heliograph.protocol.segment;

/** A body that cannot be accepted; its message is told to the producer, so it names what was wrong and what was expected. */
public final class SegmentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final String explanation;

    public SegmentException(Code code, String message) {
        super(message, null, false, false);
        this.code = code;
        this.explanation = message;
    }

    /** What was wrong and what was expected. */
    public String explanation() {
        return explanation;
    }

    public Code code() {
        return code;
    }

    /** What producers can tell rejections apart by. */
    public enum Code {
        /** Not JSON, or JSON that two readers could understand differently, or nested too deep. */
        MALFORMED_JSON,
        /** JSON, but not of the expected shape. */
        MALFORMED_BODY,
        /** The only event lacks what its type needs. */
        MALFORMED_EVENT,
        /** The only event is larger than an event may be. */
        EVENT_TOO_LARGE,
        /** More events than a body may hold. */
        TOO_MANY_EVENTS
    }
}

package dev.heliograph.metrics;

import java.util.Locale;

/** Why an event that a producer sent is not published. */
public enum DropReason implements Label {
    /** The source does not let this event type in. */
    TYPE_NOT_ALLOWED,
    /** The source's token bucket was empty. */
    RATE_LIMITED,
    /** As much was published to its channel as may be. */
    CHANNEL_RATE,
    /** Its message id was seen within the dedupe window. */
    DUPLICATE,
    /** A required consent category was denied. */
    NO_CONSENT,
    /** Its trace is not in the sample. */
    SAMPLED,
    /** It alone is larger than an event may be. */
    OVERSIZE,
    /** It is not an object, or lacks what its type needs. */
    MALFORMED,
    /** Nobody watches the channel and nothing is retained. */
    UNWATCHED,
    /** It is of a kind that is accepted and ignored. */
    IGNORED,
    /** The gateway could not publish it. */
    FAILED;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

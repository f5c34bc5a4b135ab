package dev.heliograph.metrics;

import java.util.Locale;

/** Why an event that an app's server was to be told by webhook is not sent. */
public enum WebhookDrop implements Label {
    /** More happened at once than can be held. */
    INBOX_FULL,
    /** Too much waits for that endpoint already. */
    QUEUE_FULL,
    /** The store could not keep it. */
    STORE,
    /** It was a dead letter, the oldest of too many. */
    DEAD_LETTERS_FULL,
    /** It waited for an endpoint that the configuration does not name any more. */
    NO_ENDPOINT,
    /** It happened while the gateway was ending. */
    CLOSING;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package dev.heliograph.broker;

/**
 * What is to be known of a publication for longer than it is kept, so that a repetition of it is told from a new one.
 *
 * @param key by which a repetition is known; not changed any more
 */
@SuppressWarnings("ArrayRecordComponent") // written as it is, and never compared
public record Memo(Kind kind, byte[] key) {
    /** Who remembers. */
    public enum Kind {
        /** Message ids of ingested events. */
        INGESTED,
        /** Idempotency ids of clients' publishes, each with the position that it was given. */
        PUBLISHED
    }
}

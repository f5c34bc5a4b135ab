package dev.heliograph.egress;

/** What became of a frame that was offered to an outbox. The caller has to look: backpressure is a value. */
public enum Offer {
    /** The peer's kernel has it. */
    WRITTEN,
    /** It waits for the peer. */
    QUEUED,
    /** It waits, and others that waited were merged into newer ones; the peer will be told. */
    MERGED,
    /** It waits, and something older was dropped to make room; the peer will be told. */
    DROPPED,
    /** Answers alone have passed the bound: the peer asks without reading, and its connection has to be closed. */
    OVERFLOWED,
    /** The connection is closing; nothing more is sent. */
    CLOSED
}

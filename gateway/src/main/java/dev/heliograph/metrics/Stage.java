package dev.heliograph.metrics;

import java.util.Locale;

/** A stretch of a publication's way from its producer to the subscribers of one event loop. */
public enum Stage implements Label {
    /** From the producer's request, read in full, to its place in the channel's order. */
    SEQUENCED,
    /** From there to the loop's pass that took it out of the mailbox. */
    HANDED_OVER,
    /** From there to the end of the pass, which wrote it to the last of the loop's subscribers or queued it for them. */
    WRITTEN,
    /** All of it. */
    TOTAL;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String key() {
        return "stage";
    }
}

package dev.heliograph.config;

/** How publications of a channel become one while they wait: for a client that is slow, or for its turn at the rate that a client asked for. */
public enum MergeRule {
    /** They do not: beyond the bound the oldest is lost. At a client's rate the newest stands for those before it. */
    NONE,
    /** The newest stands for all before it. */
    LATEST,
    /** The newest with a key stands for those before it with that key; those without a key do not merge. */
    KEYED,
    /** As {@link #KEYED}, and that one was created is still said; one that comes after its deletion does not merge with it. */
    ENTITY,
    /** As {@link #KEYED}, field by field: of an older object what the newer ones with its key lack is still said. */
    SHALLOW,
    /** Where one and the next of the channel hold position deltas, whatever their keys, items with the same id are added up. */
    SUMMED
}

package dev.heliograph.config;

/** How publications of a channel become one while they wait: for a client that is slow, or for its turn at the rate that a client asked for. */
public enum MergeRule {
    /** They do not: beyond the bound the oldest is lost. At a client's rate the newest stands for those before it. */
    NONE,
    /** The newest stands for all before it. */
    LATEST,
    /** The newest with a key stands for those before it with that key; those without a key do not merge. */
    KEYED,
    /** As {@link #KEYED}, and one that was created and then updated is still created; one that comes after its deletion does not merge with it. */
    ENTITY,
    /** As {@link #KEYED}, and fields of the older object that the newer one lacks are kept. */
    SHALLOW,
    /** As {@link #KEYED}, and where both hold position deltas, items with the same id are added up. */
    SUMMED
}

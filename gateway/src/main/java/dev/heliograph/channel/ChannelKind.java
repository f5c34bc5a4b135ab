package dev.heliograph.channel;

import dev.heliograph.config.MergeRule;

/** What a channel's late joiners receive first, and how updates that wait for a slow client merge. */
public enum ChannelKind {
    /** No state but its history; waiting events never merge: beyond the bound the oldest is dropped and counted. */
    EVENTS("event stream", MergeRule.NONE),
    /** {@code cache-…} and its kin of an app of Pusher's protocol: the last publication that no client made. */
    CACHE("cache", MergeRule.LATEST),
    /** {@code entity:{name}} and {@code entity:{name}:{id}}: changes to records; a record's changes that wait become one. */
    ENTITY("entity", MergeRule.ENTITY),
    /** {@code presence:…}: its members; what waits of one member is told as it is now, and so are all of them together. */
    PRESENCE("presence", MergeRule.KEYED),
    /** One of the gateway's own, by which it tells what happens around others: nothing by itself, as whoever joins is told the state. */
    NOTICES("notices", MergeRule.NONE);

    private final String title;
    private final MergeRule merge;

    ChannelKind(String title, MergeRule merge) {
        this.title = title;
        this.merge = merge;
    }

    /** How publications that wait become one, unless a namespace says otherwise. */
    public MergeRule merge() {
        return merge;
    }

    /** How operators read it. */
    public String title() {
        return title;
    }
}

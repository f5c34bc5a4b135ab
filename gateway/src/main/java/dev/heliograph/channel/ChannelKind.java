package dev.heliograph.channel;

/** What a channel's late joiners receive first, and how updates that wait for a slow client merge. */
public enum ChannelKind {
    /** No state but its history; waiting events never merge: beyond the bound the oldest is dropped and counted. */
    EVENTS("event stream"),
    /** {@code cache-…} and its kin of an app of Pusher's protocol: the last publication that no client made. */
    CACHE("cache"),
    /** {@code presence:…}: its members. */
    PRESENCE("presence"),
    /** One of the gateway's own, by which it tells what happens around others: nothing by itself, as whoever joins is told the state. */
    NOTICES("notices");

    private final String title;

    ChannelKind(String title) {
        this.title = title;
    }

    /** How operators read it. */
    public String title() {
        return title;
    }
}

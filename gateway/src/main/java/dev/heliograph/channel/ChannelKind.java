package dev.heliograph.channel;

/** What a channel's late joiners receive first, and how updates that wait for a slow client merge. */
public enum ChannelKind {
    /** No state but its history; waiting events never merge: beyond the bound the oldest is dropped and counted. */
    EVENTS("event stream");

    private final String title;

    ChannelKind(String title) {
        this.title = title;
    }

    /** How operators read it. */
    public String title() {
        return title;
    }
}

package dev.heliograph.broadcast;

import dev.heliograph.egress.Outbox;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;

/** One subscription of one connection. Confined to the connection's event loop; made by {@link LoopHub#subscribe}. */
public final class Subscriber implements OfChannel {
    final Outbox outbox;
    final ChannelId channel;
    final Selection selection;
    /** Where in its group's array it stands; -1 while it is catching up and after it has left. */
    int slot = -1;
    /** Up to where it has been sent everything, apart from what its group was sent since it joined. */
    Position seen = new Position("", 0);
    /** The offset of {@link #seen}: older publications that are still on their way are skipped. */
    long after;
    /** It has been sent something of its group's since it joined, so it needs no look at {@link #after} any more. */
    boolean settled;

    private boolean left;

    Subscriber(Outbox outbox, ChannelId channel, Selection selection) {
        this.outbox = outbox;
        this.channel = channel;
        this.selection = selection;
    }

    @Override
    public ChannelId channel() {
        return channel;
    }

    /** The place before the first publication of a page. */
    Position before(HistoryPage page) {
        Position first = page.publications().getFirst().position();
        return new Position(first.epoch(), first.offset() - 1);
    }

    boolean hasLeft() {
        return left;
    }

    void leave() {
        left = true;
    }
}

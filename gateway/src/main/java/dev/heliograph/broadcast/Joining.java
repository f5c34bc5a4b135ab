package dev.heliograph.broadcast;

import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.Position;
import java.util.List;

/** A subscriber whose place in the stream is settled and who has not been sent anything yet: the answer to its request goes out first. */
public final class Joining {
    private final LoopHub hub;
    private final Subscriber subscriber;
    private final HistoryPage page;
    private final boolean recovered;

    Joining(LoopHub hub, Subscriber subscriber, HistoryPage page, boolean recovering) {
        this.hub = hub;
        this.subscriber = subscriber;
        this.recovered = recovering && page.complete();
        this.page = recovered ? page : new HistoryPage(List.of(), page.top(), true, false);
        subscriber.seen = this.page.publications().isEmpty() ? page.top() : subscriber.before(page);
    }

    /** The channel's position from which live publications follow. */
    public Position position() {
        return page.top();
    }

    /** Whether everything after the client's own position is there and will be sent first. */
    public boolean recovered() {
        return recovered;
    }

    /** Sends what was missed, then what is live. */
    public void start() {
        hub.start(subscriber, page);
    }

    /**
     * Sends what is live behind a position that the subscriber has learned everything up to in another way, by the state of the channel. A position of an earlier life
     * of the channel is behind all of this one.
     */
    public void startAfter(Position known) {
        Position from = known.epoch().equals(page.top().epoch()) ? known : page.top();
        subscriber.seen = from;
        hub.start(subscriber, new HistoryPage(List.of(), from, true, false));
    }
}

package dev.heliograph.broadcast;

import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.List;

/** A subscriber whose place in the stream is settled and who has not been sent anything yet: the answer to its request goes out first. */
public final class Joining {
    private final LoopHub hub;
    private final Subscriber subscriber;
    private final HistoryPage page;
    private final boolean recovered;

    /** @param page what comes first: what was missed, or the newest that the subscriber asked for */
    Joining(LoopHub hub, Subscriber subscriber, HistoryPage page, boolean recovered) {
        this.hub = hub;
        this.subscriber = subscriber;
        this.recovered = recovered;
        this.page = page;
        subscriber.seen = page.publications().isEmpty() ? page.top() : subscriber.before(page);
    }

    /** The channel's position from which live publications follow. */
    public Position position() {
        return page.top();
    }

    /** Behind it lies everything that is going to be sent. */
    public Position begin() {
        return subscriber.seen;
    }

    /** Whether everything after the client's own position is there and will be sent first. */
    public boolean recovered() {
        return recovered;
    }

    /** Whether something older comes before what is live. */
    public boolean bringsHistory() {
        return !page.publications().isEmpty();
    }

    /** Sends what was missed, or what was asked for of the newest, then what is live. */
    public void start() {
        start(() -> {});
    }

    /** @param onCaughtUp run once, on the loop, when everything that was missed has been sent */
    public void start(Runnable onCaughtUp) {
        hub.start(subscriber, page, onCaughtUp);
    }

    /**
     * Sends the last publication that the channel keeps for those who come, then what {@link #start} does.
     *
     * @param onCaughtUp as in {@link #start(Runnable)}
     */
    public void startWith(Publication kept, Runnable onCaughtUp) {
        boolean comesAnyway = kept.offset() > subscriber.seen.offset();
        hub.start(subscriber, comesAnyway ? page : page.behind(kept), onCaughtUp);
    }

    /**
     * Sends what this loop delivers from now on: the subscriber has just learned the rest in another way, by the state of the channel.
     *
     * @param onCaughtUp as in {@link #start(Runnable)}
     */
    public void startNow(Runnable onCaughtUp) {
        if (!hasLeft()) {
            hub.start(subscriber, new HistoryPage(List.of(), hub.joinsAt(subscriber), true, false), onCaughtUp);
        }
    }

    /** Whether the subscription has ended before it began. */
    public boolean hasLeft() {
        return subscriber.hasLeft();
    }

    /**
     * Sends what is live behind a position that the subscriber has learned everything up to in another way, by the state of the channel. A position of an earlier life
     * of the channel is behind all of this one.
     */
    public void startAfter(Position known) {
        Position from = known.epoch().equals(page.top().epoch()) ? known : page.top();
        subscriber.seen = from;
        hub.start(subscriber, new HistoryPage(List.of(), from, true, false), () -> {});
    }
}

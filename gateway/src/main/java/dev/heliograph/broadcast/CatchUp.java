package dev.heliograph.broadcast;

import dev.heliograph.broker.Broker;
import dev.heliograph.egress.Offer;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;

/**
 * A subscriber that reads what it missed from the channel's log before it joins the live ones. It reads in pages, the next one when the peer has taken the
 * last, so it costs one page however much it missed and however slow it is; what is published meanwhile is in the log too. When a page ends at the newest
 * publication this loop has delivered, the subscriber joins, without gap or repeat. If the log forgets what has not been read yet, the peer is told. Confined
 * to the loop.
 */
final class CatchUp {
    /** Publications per page. */
    static final int PAGE = 64;
    /** So much is put together for one send. What the peer does not take is a few publications, not a page of them. */
    static final int SEND_BYTES = 16 * 1024;

    private final LoopHub hub;
    private final Broker broker;
    private final Subscriber subscriber;
    private final Runnable onCaughtUp;

    /** @param onCaughtUp run when it has joined */
    CatchUp(LoopHub hub, Broker broker, Subscriber subscriber, Runnable onCaughtUp) {
        this.hub = hub;
        this.broker = broker;
        this.subscriber = subscriber;
        this.onCaughtUp = onCaughtUp;
    }

    /** Replays a page, then joins or goes on when the peer has taken it. */
    void onPage(HistoryPage page) {
        if (subscriber.hasLeft()) {
            return;
        }
        for (Publication publication : page.publications()) {
            if (publication.isFor(subscriber.outbox.connection()) && subscriber.takesMissed(publication)) {
                subscriber.outbox.offer(publication);
            }
            subscriber.seen = publication.position();
            if (subscriber.outbox.waitingBytes() >= SEND_BYTES && subscriber.outbox.flush() == Offer.QUEUED) {
                readOnWhenDrained(); // what is left of the page is read again then, instead of waiting in the outbox
                return;
            }
        }
        subscriber.outbox.flush();
        if (page.more()) {
            readOnWhenDrained();
            return;
        }
        subscriber.seen = page.top();
        if (hub.isBehind(subscriber)) {
            readOn();
        } else {
            hub.onCaughtUp(subscriber);
            onCaughtUp.run();
        }
    }

    private void readOnWhenDrained() {
        subscriber.outbox.whenDrained(() -> hub.later(this::readOn));
    }

    private void readOn() {
        broker.history(
                subscriber.channel,
                subscriber.seen,
                PAGE,
                page -> hub.onLoop(() -> {
                    if (!page.complete() && !subscriber.hasLeft()) {
                        tellForgotten(page);
                    }
                    onPage(page);
                }));
    }

    /** The log has dropped what was next to read. */
    private void tellForgotten(HistoryPage page) {
        long next = page.publications().isEmpty()
                ? page.top().offset() + 1
                : page.publications().getFirst().offset();
        Position seen = subscriber.seen;
        var from = new Position(seen.epoch(), seen.offset() + 1);
        var to = new Position(page.top().epoch(), next - 1);
        subscriber.outbox.tell(new ServerMessage.Lost(
                subscriber.channel.name(), to.offset() - seen.offset(), from, to, "history_evicted"));
    }
}

package dev.heliograph.broadcast;

import dev.heliograph.broker.Broker;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What did not fit into a loop's mailbox. If a later publication of its channel does, that one shows that something is missing; for channels that fall quiet this does: when
 * all that did fit has been brought, the newest of the rest is read from the channel's log and goes out as if it had just arrived, and what the log has no more is told as
 * lost. It goes in rounds, between which the mailbox has its turn, so that a loop that stays behind looks after quiet channels, too. Two positions of each channel of
 * the loop at most. Confined to the loop, but for {@link #note}.
 */
final class Overrun {
    private static final Logger LOG = LoggerFactory.getLogger(Overrun.class);

    /** Most publications of one channel that are read from its log in a round; older ones are lost. */
    static final int READ_MAX = CatchUp.PAGE;

    private final LoopHub hub;
    private final Broker broker;
    private final Mailbox<Publication> mailbox;
    /** Up to where publications were dropped. */
    private final Map<ChannelId, Position> noted = new ConcurrentHashMap<>();
    /** Those of this round. */
    private final Map<ChannelId, Position> round = new LinkedHashMap<>();
    /** How much the mailbox had been offered when the round began. What fitted of its channels, before something was dropped, is among that. */
    private long offeredBefore;

    private final Deque<Found> found = new ArrayDeque<>();

    /** @param publications of the log, in order; some may have been brought, or lie in the mailbox */
    private record Found(LoopChannel channel, Position to, List<Publication> publications) {}

    Overrun(LoopHub hub, Broker broker, Mailbox<Publication> mailbox) {
        this.hub = hub;
        this.broker = broker;
        this.mailbox = mailbox;
    }

    /** A publication did not fit. Any thread; of one channel in order, since its lock is held. */
    void note(Publication dropped) {
        noted.put(dropped.channel(), dropped.position());
    }

    /** Whether there is nothing to be done, now or later. */
    boolean isEmpty() {
        return noted.isEmpty() && round.isEmpty() && found.isEmpty();
    }

    /** The channel has no subscriber on this loop any more. */
    void forget(ChannelId channel) {
        noted.remove(channel);
        round.remove(channel);
    }

    /** Takes up into a pass what is next, as much as a pass takes; returns how many bytes that is. */
    int gather(Pass pass) {
        if (round.isEmpty()) {
            beginRound();
        }
        int bytes = take(pass, 0);
        Iterator<Map.Entry<ChannelId, Position>> next = round.entrySet().iterator();
        int looks = mailbox.polled() < offeredBefore ? 0 : LoopHub.PASS_PUBLICATIONS;
        while (looks-- > 0 && next.hasNext() && pass.hasRoom(bytes)) {
            Map.Entry<ChannelId, Position> each = next.next();
            next.remove();
            look(each.getKey(), each.getValue());
            bytes = take(pass, bytes);
        }
        return bytes;
    }

    private void beginRound() {
        for (ChannelId channel : List.copyOf(noted.keySet())) {
            Position to = noted.remove(channel);
            if (to != null) {
                round.put(channel, to);
            }
        }
        offeredBefore = mailbox.offered();
    }

    private void look(ChannelId id, Position to) {
        LoopChannel channel = hub.channel(id);
        if (channel == null) {
            return;
        }
        Position reached = channel.reached();
        if (reached == null) {
            channel.onReached(to);
        } else if (reached.epoch().equals(to.epoch()) && reached.offset() < to.offset()) {
            read(channel, new Position(to.epoch(), Math.max(reached.offset(), to.offset() - READ_MAX)), to);
        }
    }

    private void read(LoopChannel channel, Position after, Position to) {
        try {
            broker.history(channel.id, after, READ_MAX, page -> hub.onLoop(() -> onPage(channel, to, page)));
        } catch (RuntimeException e) {
            LOG.error("a channel's log could not be read; its subscribers are told of the gap", e);
            found.add(new Found(channel, to, List.of()));
        }
    }

    private void onPage(LoopChannel channel, Position to, HistoryPage page) {
        boolean same = page.top().epoch().equals(to.epoch());
        found.add(new Found(channel, to, same ? page.publications() : List.of()));
        hub.onFound();
    }

    private int take(Pass pass, int bytes) {
        int taken = bytes;
        while (!found.isEmpty() && pass.hasRoom(taken)) {
            Found next = found.remove();
            if (hub.channel(next.channel().id) == next.channel()) {
                taken += take(pass, next);
            }
        }
        return taken;
    }

    private int take(Pass pass, Found next) {
        LoopChannel channel = next.channel();
        channel.owe(next.to());
        hub.bringDue(channel);
        int bytes = 0;
        for (Publication publication : newest(channel, next)) {
            bytes += publication.data().length();
            pass.add(publication, channel);
        }
        return bytes;
    }

    /** As many as a pass takes, and one at least. */
    private static List<Publication> newest(LoopChannel channel, Found next) {
        List<Publication> all = next.publications();
        Position reached = channel.reached();
        int to = all.size();
        while (to > 0 && all.get(to - 1).offset() > next.to().offset()) {
            to--;
        }
        int from = to;
        int bytes = 0;
        while (from > 0
                && bytes < LoopHub.PASS_BYTES
                && (reached == null || all.get(from - 1).offset() > reached.offset())) {
            from--;
            bytes += all.get(from).data().length();
        }
        return all.subList(from, to);
    }
}

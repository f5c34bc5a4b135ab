package dev.heliograph.broadcast;

import dev.heliograph.egress.Batch;
import dev.heliograph.egress.Offer;
import dev.heliograph.egress.Outbox;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.Sender;
import dev.heliograph.protocol.message.ServerMessage;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a loop has taken out of its mailbox, on its way to the subscribers: channel by channel, in runs without a gap, group by group, slot by slot. It goes in
 * slices, so that a large audience does not keep the loop from its sockets; people come and go between them. Confined to the loop.
 */
final class Pass {
    private static final Logger LOG = LoggerFactory.getLogger(Pass.class);

    private final Batch batch;
    private final Metrics metrics;
    private final Pace pace;
    private final Timer timer;
    private final List<Publication> publications = new ArrayList<>();
    private final List<LoopChannel> channels = new ArrayList<>();
    private final List<Outbox> unflushed = new ArrayList<>();
    /** Tells this pass from those before. */
    private int number;

    // where the walk is: in a channel, a run of what arrived for it, a group; behind all channels come those that have
    // to be flushed
    private int channel;
    private int from;
    private int to;
    private int group;
    private boolean inRun;
    private boolean corked;
    /** Of the run at hand. */
    private final Senders senders = new Senders();

    private int flushed;
    private int deliveriesLeft;

    private long deliveries;

    /** Has a pass come for what a group holds back. */
    interface Timer {
        void comeFor(LoopChannel on, Group group, long inNanos);
    }

    /** @param batch holds the images of one run; used by this pass alone */
    Pass(Batch batch, Metrics metrics, Pace pace, Timer timer) {
        this.batch = batch;
        this.metrics = metrics;
        this.pace = pace;
        this.timer = timer;
    }

    /** Takes up a publication. Before {@link #begin}. */
    void add(Publication publication, LoopChannel to) {
        publications.add(publication);
        if (to.arrived.isEmpty()) {
            channels.add(to);
        }
        to.arrived.add(publication);
    }

    /** Whether it takes another publication, besides so many bytes of data. */
    boolean hasRoom(int bytes) {
        return bytes < LoopHub.PASS_BYTES && publications.size() < LoopHub.PASS_PUBLICATIONS;
    }

    /** Takes up a channel in which something that was held back may go now, or where something has to be told. Before {@link #begin}, after all publications. */
    void add(LoopChannel due) {
        if (!channels.contains(due)) {
            channels.add(due);
        }
    }

    List<Publication> publications() {
        return publications;
    }

    /** How many publications subscribers have been given so far, all together. */
    long deliveries() {
        return deliveries;
    }

    /** If there are several channels, a first walk finds out who gets something from more than one: theirs leaves together. */
    void begin() {
        number++;
        if (channels.size() > 1) {
            for (LoopChannel dirty : channels) {
                for (Group all : dirty.groups) {
                    await(all);
                }
            }
        }
    }

    private void await(Group all) {
        for (int slot = 0; slot < all.end(); slot++) {
            Subscriber subscriber = all.get(slot);
            if (subscriber != null) {
                subscriber.outbox.onAwaited(number);
            }
        }
    }

    /** Goes on for about so many deliveries; false if more are left. */
    boolean goOn(int deliveries) {
        deliveriesLeft = deliveries;
        while (deliveriesLeft > 0 && channel < channels.size()) {
            walk(channels.get(channel));
        }
        while (deliveriesLeft > 0 && flushed < unflushed.size()) {
            flush(unflushed.get(flushed++));
            deliveriesLeft--;
        }
        return channel == channels.size() && flushed == unflushed.size();
    }

    void end() {
        metrics.add(Count.DELIVERIES, deliveries);
        clear();
    }

    /** Gives up what has not been brought, and tells of it. */
    void abandon() {
        unflushed.forEach(Pass::flush);
        for (LoopChannel left : channels) {
            left.oweArrived();
            left.arrived.clear();
            left.onWalkFailed();
            tellOwed(left);
        }
        from = 0;
        to = 0;
        inRun = false;
        clear();
    }

    private void clear() {
        deliveries = 0;
        publications.clear();
        channels.clear();
        unflushed.clear();
        channel = 0;
        flushed = 0;
    }

    private void walk(LoopChannel on) {
        long before = deliveries;
        try {
            if (!inRun) {
                beginRun(on);
            }
            while (deliveriesLeft > 0 && group < on.groups.size()) {
                walk(on, on.groups.get(group));
            }
            if (group == on.groups.size()) {
                on.onWalked();
                endRun(on, to == on.arrived.size());
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("a channel's batch failed; its subscribers are told of the gap", e);
            on.oweArrived();
            on.onWalkFailed();
            endRun(on, true);
        }
        on.onDelivered(deliveries - before);
    }

    private void beginRun(LoopChannel on) {
        inRun = true;
        group = 0;
        corked = false;
        if (on.arrived.isEmpty()) { // it is there for what was held back
            on.onWalk(on.reached());
        } else {
            to = on.endOfRun(from);
            // first, so that who is disconnected by what follows leaves a hole
            on.onWalk(on.arrived.get(to - 1).position());
            tellGap(on, on.arrived.get(from).offset());
        }
        noteSenders(on);
    }

    private void noteSenders(LoopChannel on) {
        senders.clear();
        for (int i = from; i < to; i++) {
            Sender sender = on.arrived.get(i).sender();
            if (sender != null) {
                senders.add(sender.connection());
            }
        }
    }

    private void endRun(LoopChannel on, boolean last) {
        inRun = false;
        from = to;
        if (last) {
            on.arrived.clear();
            from = 0;
            to = 0;
            channel++;
            tellOwed(on);
        }
    }

    private void walk(LoopChannel on, Group all) {
        if (!corked) {
            cork(on, all);
            deliveriesLeft -= all.cost(to - from);
        }
        int end = batch.isEmpty() ? all.end() : Math.min(all.end(), all.walked + Math.max(1, deliveriesLeft));
        if (!batch.isEmpty()) {
            deliver(all, end);
        }
        all.walked = end;
        if (end == all.end()) {
            group++;
            corked = false;
        }
    }

    private void cork(LoopChannel on, Group all) {
        batch.clear();
        all.fill(batch, on.arrived.subList(from, to), pace);
        corked = true;
        if (all.dueInNanos() >= 0) {
            timer.comeFor(on, all, all.dueInNanos());
        }
    }

    private void deliver(Group all, int end) {
        boolean alone = channels.size() == 1 && senders.isEmpty();
        for (int slot = all.walked; slot < end; slot++) {
            int sent = alone ? batch.sendDirectly(all.handle(slot)) : Batch.UNSENT;
            deliveries += sent == batch.length() ? batch.size() : deliver(all, slot, Math.max(0, sent));
        }
        deliveriesLeft -= end - all.walked;
    }

    private int deliver(Group all, int slot, int sent) {
        Subscriber subscriber = all.get(slot);
        if (subscriber == null) {
            return 0;
        }
        if (subscriber.after >= batch.firstOffset() || senders.contains(subscriber.outbox.connection())) {
            return deliverSome(subscriber);
        }
        if (!subscriber.settled) {
            all.settle(subscriber);
        }
        return deliver(subscriber.outbox, sent);
    }

    /** Returns how many of the batch were written or wait. A fault ends this one connection: the others get what is theirs. */
    private int deliver(Outbox outbox, int sent) {
        try {
            Offer offer =
                    channels.size() == 1 || outbox.isAwaitedOnce(number) ? outbox.send(batch, sent) : offer(outbox);
            return offer == Offer.CLOSED ? 0 : batch.size();
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(outbox, e);
            return 0;
        }
    }

    private Offer offer(Outbox outbox) {
        unflushed.add(outbox);
        return outbox.offer(batch);
    }

    /** For one that joined while this batch was on its way and has been sent a part of it by its replay, or all; and for one from which a part of it comes. */
    private int deliverSome(Subscriber subscriber) {
        Outbox outbox = subscriber.outbox;
        int offered = 0;
        for (int i = 0; i < batch.size(); i++) {
            Publication publication = batch.publication(i);
            if (publication.offset() > subscriber.after && publication.isFor(outbox.connection())) {
                outbox.offer(batch.merged(i).after(subscriber.after));
                offered++;
            }
        }
        if (offered > 0 && channels.size() == 1) {
            flush(outbox);
        } else if (offered > 0) {
            unflushed.add(outbox);
        }
        return offered;
    }

    private static void flush(Outbox outbox) {
        try {
            outbox.flush();
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(outbox, e);
        }
    }

    private static void fail(Outbox outbox, Throwable cause) {
        LOG.error("a delivery failed; its connection is closed", cause);
        outbox.fail();
    }

    /** What is missing behind all that this pass brings, and nothing that comes by itself would show. */
    private static void tellOwed(LoopChannel on) {
        Position owed = on.takeOwed();
        if (owed != null) {
            on.onWalk(owed); // who is disconnected by that leaves a hole
            tellGap(on, owed.offset() + 1);
            on.onWalked();
        }
    }

    /** Offsets have no gaps, so one that is missing did not fit into the mailbox, or could not be brought. */
    private static void tellGap(LoopChannel on, long next) {
        Position reached = on.reached();
        if (reached == null || next <= reached.offset() + 1) {
            return;
        }
        for (Group all : on.groups) {
            for (int slot = 0; slot < all.end(); slot++) {
                Subscriber subscriber = all.get(slot);
                if (subscriber != null) {
                    tellGap(subscriber, reached, next);
                }
            }
        }
    }

    /** One that joined meanwhile has read a part of it, or all, from the log. */
    private static void tellGap(Subscriber subscriber, Position reached, long next) {
        long seen = Math.max(reached.offset(), subscriber.after);
        long count = next - 1 - seen;
        boolean mustKnow = subscriber.channel.isReserved(); // a roster with a hole would stay wrong
        if (count <= 0 || !(mustKnow || subscriber.outbox.format().tellsLosses())) {
            return;
        }
        try {
            var from = new Position(reached.epoch(), seen + 1);
            var to = new Position(reached.epoch(), next - 1);
            subscriber.outbox.tell(new ServerMessage.Lost(subscriber.channel.name(), count, from, to, "overrun"));
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(subscriber.outbox, e);
        }
    }
}

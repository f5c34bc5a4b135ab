package dev.heliograph.streaming;

import dev.heliograph.auth.Verdict;
import dev.heliograph.broker.Broker;
import dev.heliograph.egress.Offer;
import dev.heliograph.egress.Outbox;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.http.Held;
import dev.heliograph.http.Response;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.metrics.StreamRefusal;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ServerMessage.JoinResult;
import dev.heliograph.protocol.message.ServerMessage.Joined;
import dev.heliograph.protocol.message.ServerMessage.NotJoined;
import dev.heliograph.session.Arrivals;
import dev.heliograph.session.Session;
import dev.heliograph.streaming.Entrance.Guest;
import dev.heliograph.websocket.WebSocketLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One poll: an event stream that ends with the first thing that it brings, or after a while, and that is answered as a whole. Costs no
 * thread while it waits. Confined to the event loop of its connection.
 */
final class Poll implements Arrivals {
    private static final Map<String, String> HEADERS =
            Map.of("Content-Type", "application/json", "Cache-Control", "no-store");
    private static final String RETRY_AFTER = "Retry-After";
    private static final long MICROSECOND = 1_000;

    private final StreamingContext context;
    private final Held held;
    private final Query query;
    private final PollDoor.Terms terms;
    private final Guest guest;
    private final WebSocketLoop loop;
    /** Where each channel is read from; those without an entry from now on. */
    private final Map<String, Position> from = new HashMap<>();
    /** Of which something is gone that the client has not seen. */
    private final Set<String> missed = new LinkedHashSet<>();

    private final Cursor cursor;
    private final PollWire wire;
    private @Nullable Outbox outbox;
    private @Nullable Session session;
    private @Nullable NotJoined refused;
    private @Nullable Future<?> deadline;
    private boolean joined;
    private boolean mayWait;
    private boolean finishing;
    /** The gateway ends it, not what it waited for: whoever asks again at once would be told the same. */
    private boolean cutShort = true;

    private int behind;
    private int unplaced;

    Poll(StreamingContext context, Held held, Query query, PollDoor.Terms terms, Guest guest) {
        this.context = context;
        this.held = held;
        this.query = query;
        this.terms = terms;
        this.guest = guest;
        this.loop = context.loops().apply(held.eventLoop()).clients();
        this.mayWait = terms.waitMs() > 0;
        this.cursor = Cursor.of(query, terms.after());
        this.wire = new PollWire(
                terms.limit(),
                context.sessions().answerBytesMax(),
                cursor,
                new PresenceSeen(terms.after(), cursor)::isNews,
                this::onGathered,
                this::onClosed);
    }

    void onBegin() {
        held.whenGone(this::onGone);
        unplaced = query.channels().size();
        query.channels().forEach(this::place);
    }

    /** Finds from where a channel is to be read. */
    private void place(String channel) {
        Position after = terms.after() == null ? null : terms.after().position(channel);
        boolean fromNow = after == null && terms.last() == 0;
        if (fromNow || PresenceSeen.isPresence(channel)) {
            onPlaced();
            return;
        }
        var id = new ChannelId(guest.principal().workspace(), channel);
        Broker broker = context.sessions().broker();
        broker.history(
                id,
                after,
                after == null ? terms.last() : 1,
                page -> loop.hub().onLoop(() -> onPage(channel, after, page)));
    }

    private void onPage(String channel, @Nullable Position after, HistoryPage page) {
        if (after != null && page.complete()) {
            from.put(channel, after);
        } else if (!page.publications().isEmpty()) { // as much as there is
            Position first = page.publications().getFirst().position();
            from.put(channel, new Position(first.epoch(), first.offset() - 1));
        } else if (after != null) {
            from.put(channel, after); // cannot be recovered, so that the channel's state comes, if it has one
        }
        if (after != null && !page.complete()) {
            missed.add(channel);
        }
        onPlaced();
    }

    private void onPlaced() {
        if (--unplaced > 0) {
            return;
        }
        var fresh = new Outbox(wire, context.plain().format(), loop.outboxes());
        var begun = new Session(context.plain().sessions(), loop.hub(), fresh, guest.origin(), context.medium());
        outbox = fresh;
        session = begun;
        if (mayWait) {
            deadline = held.eventLoop().schedule(this::onFinish, terms.waitMs(), TimeUnit.MILLISECONDS);
        }
        wire.start(new StreamConnection(
                ClientKind.POLL, begun, fresh, loop.connections(), () -> onOpen(begun), begun::onTick));
    }

    private void onOpen(Session begun) {
        begun.onOpen(new Verdict.Verified(guest.principal()));
        if (!begun.isClosed()) {
            behind = query.channels().size();
            begun.subscribe(new ClientMessage.Subscribe(null, inTurn(), true), this);
        }
    }

    /** With another channel first each time: where the answer is full before all had their turn, it is not always the same who had none. */
    private List<ClientMessage.Subscription> inTurn() {
        var subscriptions = new ArrayList<>(query.subscriptions(from::get));
        Collections.rotate(
                subscriptions, (int) (context.sessions().ticker().getAsLong() / MICROSECOND % subscriptions.size()));
        return subscriptions;
    }

    @Override
    public void onJoined(List<JoinResult> results) {
        joined = true;
        for (JoinResult result : results) {
            switch (result) {
                case NotJoined none -> refused = none;
                case Joined there -> {
                    if (there.wasRecovering() && !there.recovered()) {
                        missed.add(there.channel());
                    }
                }
            }
        }
        if (refused != null) {
            finishSoon();
        }
    }

    @Override
    public void onCaughtUp() {
        behind--;
        onGathered();
    }

    private void onGathered() {
        boolean enough = behind == 0 && (!mayWait || !wire.publications().isEmpty());
        if (enough || wire.isFull()) {
            finishSoon();
        }
    }

    /** Later, not now: this may be the middle of a pass, which brings more. */
    private void finishSoon() {
        if (!finishing) {
            finishing = true;
            held.eventLoop().execute(this::onFinish);
        }
    }

    /** Nobody waits any more, or the gateway ends. Whoever still reads gets what there is. */
    private void onGone() {
        mayWait = false;
        finish(true);
    }

    private void onFinish() {
        finish(false);
    }

    private void finish(boolean byGateway) {
        Session ending = session;
        if (ending == null || outbox == null || ending.isClosed()) {
            return;
        }
        Offer last = outbox.flush();
        if (joined && last == Offer.WRITTEN && !wire.isFull()) {
            ending.positions(this::place);
        }
        cutShort = byGateway;
        ending.close(DisconnectCause.ANSWERED, CloseCode.NORMAL, "answered");
    }

    /** Past what was filtered out. */
    private void place(ChannelId channel, Position position) {
        if (!channel.isPresence()) {
            cursor.put(channel.name(), position);
        }
    }

    /** By whomever: the answer is what there is. */
    private void onClosed() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (refused != null) {
            context.polls().refuse(held, StreamRefusal.UNAVAILABLE, 503, refused.code(), refused.message());
        } else if (!joined) {
            context.polls()
                    .refuse(held, StreamRefusal.UNAVAILABLE, 503, ErrorCode.UNAVAILABLE, "the gateway ends the poll");
        } else {
            context.sessions().metrics().increment(Count.POLLS);
            var answer = new Response(200, HEADERS, body());
            held.answer(cutShort ? answer.with(RETRY_AFTER, context.retry().restartSeconds()) : answer);
        }
        held.eventLoop().execute(wire::gone);
    }

    private byte[] body() {
        var out = new JsonBytes(wire.bytes() + 256);
        out.raw("{\"publications\":[");
        for (int i = 0; i < wire.publications().size(); i++) {
            out.raw(i == 0 ? "" : ",").raw(wire.publications().get(i));
        }
        out.raw("],\"cursor\":").string(cursor.toString());
        boolean complete = missed.isEmpty() && !wire.hasLost();
        out.raw(",\"complete\":").raw(Boolean.toString(complete)).raw(",\"missed\":[");
        String comma = "";
        for (String channel : missed) {
            out.raw(comma).string(channel);
            comma = ",";
        }
        return out.raw("],\"more\":")
                .raw(Boolean.toString(wire.isFull()))
                .raw("}\n")
                .toBytes();
    }
}
